"""What Splink estimates on the partnership's records: u from random pairs, m by expectation maximisation, the prior.

Splink blocks and estimates; the levels are our own comparators', so that what it estimates is what scores live.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from random import Random
from typing import Any

from joinedup.model.levels import findings, level_of
from services.linker.domain.model import Model
from services.linker.domain.model_file import SplinkSettings
from services.linker.domain.normalise import Mention, Premises

Estimate = Mapping[str, Mapping[str, float]]  # comparison → level → probability

# Each pass blocks on what one comparison compares, and so tells nothing of that comparison.
_PASSES = {"premises": "l.door = r.door", "names": "l.name = r.name and l.outward = r.outward"}
_CERTAIN = ("l.name = r.name and l.door = r.door", "l.phone = r.phone and l.door = r.door")
_MOST_PAIRS_A_PASS = 300_000
_START = 0.3  # of the pairs of a block; maximisation goes on from there
_ITERATIONS = 5  # from the weights of the model before: many more, and branches of a chain are taken for matches
_LEAST = 1e-9  # an estimate below it is of something that was not there
_FIRST_LOOK = 2000
_MOST_BY_MATCHES = 8


class NoSplink(Exception):
    """The extra is not installed; the message says how to install it."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """`u` and `m` hold what was observed alone. `prior` is the probability that two random records match."""

    u: Estimate
    m: Estimate
    prior: float


def estimate(
    mentions: Mapping[str, Mention], settings: SplinkSettings, model: Model, max_pairs: int, seed: int, recall: float
) -> Estimates:
    """`recall` is the share of all matches that share a name and a door, or a phone and a door."""
    raw = settings.model_dump(mode="json", exclude_unset=True)
    _put_frequent_first(raw, _sampled(mentions, model, seed))
    bench = Bench(mentions, model)
    linker = bench.linker(raw)
    linker.training.estimate_probability_two_random_records_match(list(_CERTAIN), recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=max_pairs, seed=seed, min_count_per_level=None)
    trained = linker.misc.save_model_to_json()
    prior, u = trained["probability_two_random_records_match"], _observed(trained, raw, "u_probability")
    found: dict[str, list[Mapping[str, float]]] = {}
    for blocked, rule in _PASSES.items():
        for comparison, levels in _maximised(bench, _for_pass(raw, blocked, u), rule).items():
            found.setdefault(comparison, []).append(levels)
    m = {comparison: _mean(passes) for comparison, passes in found.items()}
    return Estimates(_without_matches(u, m, prior), m, prior)


class Bench:
    """The mentions as Splink's input table, and our function where its SQL finds it."""

    def __init__(self, mentions: Mapping[str, Mention], model: Model) -> None:
        try:
            import duckdb
            import pyarrow as pa
            from splink import DuckDBAPI, Linker
        except ImportError:
            raise NoSplink("Training needs Splink: pip install 'joinedup[train]'") from None
        connection: Any = duckdb.connect()
        connection.execute("SET threads = 1")  # one order of rows, so that a seed gives one result
        connection.create_function(
            "level_of", level_of(model), ["VARCHAR", "VARCHAR", "VARCHAR"], "VARCHAR", null_handling="special"
        )
        self._linker = Linker
        self._table = DuckDBAPI(connection=connection).register(pa.Table.from_pylist(list(_rows(mentions))))

    def linker(self, settings: dict[str, Any]) -> Any:
        return self._linker(self._table, settings, log_level=logging.CRITICAL)


def _rows(mentions: Mapping[str, Mention]) -> Iterator[dict[str, Any]]:
    for id_ in sorted(mentions):
        mention = mentions[id_]
        place = mention.premises
        yield {
            "unique_id": id_,
            "mention": mention.to_json().decode(),
            "door": _door(place) if place else None,
            "outward": (place.outward if place else "") or None,
            "name": mention.names[0].joined if mention.names else None,
            "phone": min(mention.phones, default=None),
            "block_keys": [],
        }


def _door(place: Premises) -> str | None:
    where = place.postcode or (f"{place.street} {min(place.places)}" if place.street and place.places else "")
    return f"{where}:{place.low}{place.suffix}:{place.unit}" if where and place.low else None


def _sampled(mentions: Mapping[str, Mention], model: Model, seed: int) -> Counter[tuple[str, str]]:
    """How often each (comparison, level) comes up among a few random pairs."""
    random, ids = Random(seed), sorted(mentions)  # noqa: S311 - a sample that can be repeated
    pairs = (random.sample(ids, 2) for _ in range(_FIRST_LOOK if len(ids) > 1 else 0))
    found = (findings(mentions[a], mentions[b], model) for a, b in pairs)
    return Counter((name, finding.level) for each in found for name, finding in each.items())


def _put_frequent_first(settings: dict[str, Any], counts: Counter[tuple[str, str]]) -> None:
    """Conditions exclude each other, so their order is free; each is asked until one holds."""
    for comparison in settings["comparisons"]:
        name = comparison["output_column_name"]
        comparison["comparison_levels"].sort(key=lambda level: -counts[name, level["label_for_charts"]])


def _for_pass(settings: dict[str, Any], blocked: str, u: Estimate) -> dict[str, Any]:
    """The settings without the comparison that a pass blocks on, with the u that were observed and, to begin with, the
    weights that the model had."""
    chosen = deepcopy(settings)
    chosen["probability_two_random_records_match"] = _START
    chosen["max_iterations"] = _ITERATIONS
    chosen["comparisons"] = [one for one in chosen["comparisons"] if one["output_column_name"] != blocked]
    for comparison in chosen["comparisons"]:
        observed = u.get(comparison["output_column_name"], {})
        for level in comparison["comparison_levels"]:
            if (probability := observed.get(level["label_for_charts"])) is not None:
                ratio = level["m_probability"] / level["u_probability"]
                level.update(u_probability=probability, m_probability=min(1.0, probability * ratio))
    return chosen


def _maximised(bench: Bench, settings: dict[str, Any], rule: str) -> Estimate:
    """m by level of each comparison in `settings`; nothing where no two records share what the pass blocks on."""
    from splink.internals.exceptions import EMTrainingException

    linker = bench.linker(settings)
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=_MOST_PAIRS_A_PASS)
    except EMTrainingException:
        return {}
    return _observed(linker.misc.save_model_to_json(), settings, "m_probability")


def _observed(trained: dict[str, Any], before: dict[str, Any], which: str) -> Estimate:
    """Splink leaves what it did not observe as it was."""
    old, new = _probabilities(before, which), _probabilities(trained, which)
    return {
        name: {level: value for level, value in levels.items() if value > _LEAST and value != old[name].get(level)}
        for name, levels in new.items()
    }


def _probabilities(settings: dict[str, Any], which: str) -> Estimate:
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: level[which]
            for level in comparison["comparison_levels"]
            if isinstance(level.get(which), float)
        }
        for comparison in settings["comparisons"]
    }


def _without_matches(found: Estimate, m: Estimate, prior: float) -> Estimate:
    """Random pairs hold a few matches: what they add to a level is taken out again, as far as the count is sure."""
    return {
        comparison: {
            level: max(u - prior * m.get(comparison, {}).get(level, 0.0), u / _MOST_BY_MATCHES)
            for level, u in levels.items()
        }
        for comparison, levels in found.items()
    }


def _mean(passes: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Over the passes that observed a level."""
    gathered: dict[str, list[float]] = {}
    for levels in passes:
        for level, probability in levels.items():
            gathered.setdefault(level, []).append(probability)
    return {level: sum(values) / len(values) for level, values in gathered.items()}
