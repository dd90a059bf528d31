"""What one audience is shown: the canonical clustering of the records it sees, by the decisions that it sees, and how
that differs from before.

Nothing that is shown knows of a record or decision that the audience does not see, so nothing can be inferred of one.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.linker.domain.assess import Observed, Risk, RiskPolicies, assess
from services.linker.domain.cluster import NO_RULINGS, NOBODY, Pair, Rulings, cluster, cluster_component, components
from services.linker.domain.decide import Decision, Verdict, counted, rulings
from services.linker.domain.model import ClusterPolicy, Model
from services.linker.domain.naming import common_name
from services.linker.domain.search.said import sector_words
from services.linker.domain.switching import Switch
from shared.contracts.events.linker import RiskBand
from shared.contracts.identifiers import business_id
from shared.contracts.record import Observation, ObservationKind

UNNAMED = "Unnamed business"
_BANDS = tuple(RiskBand)


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one record adds to the business it belongs to. `sector`: the type of business in its agency's words."""

    record_id: str
    feed: str
    agency: str
    regime: str
    category: str
    received_on: date
    name: str | None
    area: str | None
    sector: str | None
    observation: Observation

    @property
    def seen_on(self) -> date:
        return self.observation.observed_on or self.received_on

    @property
    def observed(self) -> Observed:
        return Observed(self.record_id, self.feed, self.regime, self.observation, self.received_on)


@dataclass(frozen=True, slots=True)
class Business:
    """One business as an audience sees it. `sectors`: words of the types of business that its records give; `watched`:
    its risk may change with the date alone."""

    business_id: str
    record_ids: tuple[str, ...]
    name: str
    area: str | None
    agencies: tuple[str, ...]
    risk: Risk
    assessed_on: date
    first_on: date
    last_on: date
    sectors: tuple[str, ...]
    watched: bool

    @property
    def priority(self) -> int:
        """Sorts the most worrying first: by band, then by score."""
        return _BANDS.index(self.risk.band) * 1_000_000 + round(self.risk.score * 10_000)


@dataclass(frozen=True, slots=True)
class Policies:
    """The versions by which pairs are weighed and clustered, and risk is assessed; `switch` while another model is
    being gone over to."""

    model: Model
    risk: RiskPolicies
    switch: Switch | None = None

    @property
    def linking(self) -> tuple[Model, ...]:
        """The models by which a record that arrives is linked."""
        return (self.model, self.switch.other) if self.switch and self.switch.links else (self.model,)

    @property
    def stored(self) -> tuple[Model, ...]:
        """The models whose keys and pairs may be in the store."""
        return (self.model, self.switch.other) if self.switch else (self.model,)

    @property
    def clustering(self) -> ClusterPolicy:
        return self.model.clustering


class Views:
    """The businesses among some records, for any number of audiences; those that see the same share the work.

    `decisions` are those in force that concern these records, of all agencies, newest first. `crowded`: as for
    `cluster`, as the one audience sees it that is asked for.
    """

    def __init__(
        self,
        sightings: Mapping[str, Sighting],
        weights: Mapping[Pair, float],
        policies: Policies,
        as_of: date,
        decisions: Sequence[Decision] = (),
        crowded: Mapping[str, int] = NOBODY,
    ) -> None:
        self._sightings = sightings
        self._crowded = crowded
        self._policies = policies
        self._as_of = as_of
        self._risk_policy = policies.risk.in_force(as_of)
        self._decisions = decisions
        self._groups = _groups(sightings, weights, policies.clustering, decisions)
        self._known: dict[tuple[tuple[str, ...], Rulings], list[Business]] = {}

    def businesses(self, visible: frozenset[tuple[str, str]]) -> Iterator[Business]:
        """What an audience is shown that sees these (agency, category) pairs."""
        decisions = counted(self._decisions, visible)
        for record_ids, weights in self._groups:
            seen = tuple([i for i in record_ids if _where(self._sightings[i]) in visible])
            ruled = rulings(decisions, frozenset(seen)) if decisions else NO_RULINGS
            if (seen, ruled) not in self._known:
                self._known[seen, ruled] = self._among(seen, record_ids, weights, ruled)
            yield from self._known[seen, ruled]

    def _among(
        self, seen: tuple[str, ...], component: tuple[str, ...], weights: Mapping[Pair, float], ruled: Rulings
    ) -> list[Business]:
        feeds, policy = {id_: self._sightings[id_].feed for id_ in seen}, self._policies.clustering
        if seen == component and self._hangs_together(component):  # what does need not be looked for
            return list(map(self._business, cluster_component(seen, feeds, weights, policy)))
        return list(map(self._business, cluster(feeds, weights, policy, ruled, self._crowded)))

    def _hangs_together(self, component: tuple[str, ...]) -> bool:
        is_crowd = len(component) > self._policies.clustering.crowd or bool(self._crowded)
        return not (is_crowd or self._decisions)

    def _business(self, record_ids: tuple[str, ...]) -> Business:
        members = [self._sightings[record_id] for record_id in record_ids]
        days = [member.seen_on for member in members]
        return Business(
            business_id=business_id(record_ids[0]),
            record_ids=record_ids,
            name=common_name(member.name for member in members) or UNNAMED,
            area=_most_common(member.area for member in members),
            agencies=tuple(sorted({member.agency for member in members})),
            risk=assess([member.observed for member in members], self._as_of, self._risk_policy),
            assessed_on=self._as_of,
            first_on=min(days),
            last_on=max(days),
            sectors=tuple(sorted({word for member in members for word in sector_words(member.sector)})),
            watched=any(member.observation.kind is ObservationKind.concern for member in members),
        )


def linked(weight: float, feed: str, other: str, policy: ClusterPolicy) -> bool:
    """Whether a pair holds a component together: its bits, less those for two records of one feed, reach the mark."""
    return counted_bits(weight, feed, other, policy) >= policy.threshold


def doubt(weight: float, feed: str, other: str, policy: ClusterPolicy) -> int | None:
    """How far a pair is from where it would link, in thousandths of a bit, if it is close enough to be put before a
    person. From there, since where the odds are even is where the threshold was found to be best."""
    bits = counted_bits(weight, feed, other, policy)
    return round(abs(bits - policy.threshold) * 1000) if policy.lower <= bits < policy.upper else None


def counted_bits(weight: float, feed: str, other: str, policy: ClusterPolicy) -> float:
    """What a pair counts: its bits, less those for two records of one feed."""
    return weight + (policy.same_feed(feed) if feed == other else 0.0)


def successors(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]]
) -> Mapping[str, tuple[str, ...]]:
    """For each business of `before` the businesses of `after` that hold its records, the largest share first."""
    holder = {record_id: business for business, records in after.items() for record_id in records}
    return {business: ranked(holder.get(record) for record in records) for business, records in before.items()}


def ranked(values: Iterable[str | None]) -> tuple[str, ...]:
    """Each once, the most frequent first."""
    counts = Counter(value for value in values if value)
    return tuple(sorted(counts, key=lambda value: (-counts[value], value)))


def _most_common(values: Iterable[str | None]) -> str | None:
    """Ties go to the first in the order of the alphabet, so that the order of arrival cannot matter."""
    return next(iter(ranked(values)), None)


def _where(sighting: Sighting) -> tuple[str, str]:
    return sighting.agency, sighting.category


def _groups(
    sightings: Mapping[str, Sighting],
    weights: Mapping[Pair, float],
    policy: ClusterPolicy,
    decisions: Sequence[Decision],
) -> list[tuple[tuple[str, ...], dict[Pair, float]]]:
    """Components over all records with the weights inside each. A view's own components lie within these."""
    feeds = {record_id: sighting.feed for record_id, sighting in sightings.items()}
    same = (decision.pair for decision in decisions if decision.verdict is Verdict.same)
    found = components(feeds, weights, policy, Rulings(tuple(pair for pair in same if feeds.keys() >= {*pair})))
    home = {record_id: number for number, ids in enumerate(found) for record_id in ids}
    inside: defaultdict[int, dict[Pair, float]] = defaultdict(dict)
    for (a, b), weight in weights.items():
        if home[a] == home[b]:
            inside[home[a]][a, b] = weight
    return [(ids, inside[number]) for number, ids in enumerate(found)]
