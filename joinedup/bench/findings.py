"""`joinedup bench findings`: whether the findings are those that are there, on made-up records whose truth is known.

Each pattern is looked for twice by the linker's own rules: among the businesses that it linked, and among the true
ones. Phoenixes are also judged by what the makers of the records know: which business rose from which.
"""

import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import process_time
from typing import Annotated, Any

import orjson
import typer

from joinedup.bench.judging import Judgement
from joinedup.console import console
from joinedup.linking import pair_weights
from joinedup.synthetic import Partnership, generate
from joinedup.synthetic.agencies import AGENCIES
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import load_spec
from services.linker.domain.assess import Observed, assess, default_policies
from services.linker.domain.cluster import cluster
from services.linker.domain.model import Model, default_model
from services.linker.domain.normalise import normalise
from services.linker.domain.relate.findings import LEADING, among, in_one, most_holders
from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.patterns.found import Finding
from services.linker.domain.relate.rules import default_rules
from services.linker.domain.relate.traits import Trait
from shared.contracts.events.linker import FindingType
from shared.contracts.identifiers import business_id, record_id
from shared.contracts.record import Record, TradingStatus

_RECORDS_A_BUSINESS = 2.55  # as of the sets that `joinedup bench link` makes
_DEFINITIONS = {
    "types": "By type of finding. Right: it rests on records of the same true businesses as a finding of that type "
    "does where linking is perfect.",
    "phoenixes": "Against those of the made-up world, whatever its records say of them; `recorded_as_closed`: so many "
    "of which a record says that the old business closed, without which the rule looks for none.",
    "cpu_seconds": "Of one process: linking the records, then finding the patterns.",
}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on standard output.")]
Records = Annotated[int, typer.Option("--records", help="How many records.", min=500)]
Seed = Annotated[int, typer.Option("--seed", help="Of the made-up records.")]

Shown = tuple[FindingType, frozenset[str]]
"""A type of finding, and the true businesses on whose records it rests."""


def findings(as_json: AsJson = False, records: Records = 8_000, seed: Seed = 1) -> None:
    """Look for patterns in made-up records, and say which were found and which are there."""
    partnership = generate(seed, round(records / _RECORDS_A_BUSINESS), records)
    report = _measured(partnership, default_model()) | {"definitions": _DEFINITIONS}
    if as_json:
        sys.stdout.write(orjson.dumps(report, option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        console.print(report)


@dataclass(frozen=True, slots=True)
class Material:
    """Records as the linker holds them, by id; `truth` names the true business of each."""

    profiles: Mapping[str, Profile]
    feeds: Mapping[str, str]
    truth: Mapping[str, str]

    def true_businesses(self) -> Iterable[Sequence[str]]:
        """The record ids of each."""
        groups: defaultdict[str, list[str]] = defaultdict(list)
        for id_ in sorted(self.truth):
            groups[self.truth[id_]].append(id_)
        return groups.values()


def _measured(partnership: Partnership, model: Model) -> dict[str, Any]:
    material = material_of(partnership)
    began = process_time()
    weights = pair_weights({id_: profile.mention for id_, profile in material.profiles.items()}, model)
    linked = cluster(material.feeds, weights, model.clustering)
    done = process_time()
    ours = patterns(linked, material, model, partnership.today)
    finding_took = process_time() - done
    expected = patterns(material.true_businesses(), material, model, partnership.today)
    return {
        "records": len(material.profiles),
        "cpu_seconds": {"linking": round(done - began, 1), "finding": round(finding_took, 1)},
        "types": {
            type_.value: judged(_of(type_, ours), _of(type_, expected))
            for type_ in FindingType
            if any(type_ is each for each, _ in ours | expected)
        },
        "phoenixes": _phoenixes(partnership, material, {"linked by us": ours, "linked perfectly": expected}),
    }


def _phoenixes(partnership: Partnership, material: Material, shown: Mapping[str, Collection[Shown]]) -> dict[str, Any]:
    pairs = list(partnership.phoenixes())
    closed = {material.truth[id_] for id_, p in material.profiles.items() if p.status is TradingStatus.closed}
    judgements = {
        how: judged(_of(FindingType.phoenix, some), set(map(frozenset, pairs))) for how, some in shown.items()
    }
    return {"recorded_as_closed": sum(old in closed for old, _ in pairs), **judgements}


def material_of(partnership: Partnership) -> Material:
    specs = {agency.feed: load_spec(agency.spec_text()) for agency in AGENCIES}
    profiles, feeds, truth = {}, {}, {}
    for feed, reference, record, business in partnership.records():
        id_ = record_id(feed, reference)
        profiles[id_] = _profile(id_, specs[feed], record, partnership.today)
        feeds[id_], truth[id_] = feed, business
    return Material(profiles, feeds, truth)


def _profile(id_: str, spec: FeedSpec, record: Record, received_on: date) -> Profile:
    return Profile(
        record_id=id_,
        agency=spec.agency,
        regime=spec.regime,
        received_on=received_on,
        observation=record.observation,
        mention=normalise(record),
        sector=record.sector,
        status=record.status,
        people=record.people,
    )


def patterns(businesses: Iterable[Sequence[str]], material: Material, model: Model, as_of: date) -> set[Shown]:
    """What the rules that ship find among these businesses, each given as its record ids."""
    rules = default_rules()
    parties = [_party([material.profiles[id_] for id_ in ids], model, as_of) for ids in businesses]
    found = [finding for party in parties for finding in in_one(party, rules, model)]
    for trait, holders in _sharing(parties, most_holders(rules)).items():
        found += among(trait, holders, rules, as_of)
    return {_shown(finding, material.truth) for finding in found}


def _party(profiles: Sequence[Profile], model: Model, as_of: date) -> Party:
    observed = [Observed(p.record_id, p.agency, p.regime, p.observation, p.received_on) for p in profiles]
    risk = assess(observed, as_of, default_policies().in_force(as_of))
    id_ = business_id(min(profile.record_id for profile in profiles))
    return Party.of(id_, id_, None, profiles, model, risk.regimes, risk.band)


def _sharing(parties: Iterable[Party], most: int) -> dict[Trait, list[Party]]:
    holders: defaultdict[Trait, list[Party]] = defaultdict(list)
    for party in sorted(parties, key=lambda party: party.business_id):
        for trait in party.of_kind(*LEADING):
            holders[trait].append(party)
    return {trait: sharing for trait, sharing in holders.items() if 1 < len(sharing) <= most}


def _shown(finding: Finding, truth: Mapping[str, str]) -> Shown:
    return finding.type, frozenset(truth[id_] for id_ in finding.records)


def _of(type_: FindingType, shown: Collection[Shown]) -> set[frozenset[str]]:
    return {businesses for each, businesses in shown if each is type_}


def judged(found: set[frozenset[str]], true: set[frozenset[str]]) -> dict[str, float]:
    scores = Judgement(len(found), len(true), len(found & true)).scores()
    return {name: round(value, 3) for name, value in scores.items()}
