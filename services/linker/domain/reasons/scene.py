"""The records in question, the businesses they are in, and what is known between them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.linker.domain.cluster import Pair, Rulings
from services.linker.domain.compare import Comparison
from services.linker.domain.decide import Decision, rulings
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention
from services.linker.domain.score import explain

_ONE_FEED = "Both come from one feed, and a feed rarely holds one business twice."
_REPEATING_FEED = "Both come from one feed, which is known to hold a business more than once."


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A record as evidence. `agency` is its title, as people call it."""

    record_id: str
    feed: str
    agency: str
    name: str | None
    received_on: date
    mention: Mention

    @property
    def called(self) -> str:
        return f"{self.name or 'Unnamed record'} ({self.agency})"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against two records being one business; `weight` in bits is the sum of the lines."""

    weight: float
    lines: tuple[Comparison, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What was found, the weightiest first; without the prior, and what weighs nothing."""
        telling = (line for line in self.lines if line.name != "prior" and line.bits)
        return tuple(line.sentence for line in sorted(telling, key=lambda line: -abs(line.bits)))

    def strongest(self, at_most: int) -> list[Comparison]:
        """What speaks most for it."""
        return sorted((line for line in self.lines if line.bits > 0), key=lambda line: -line.bits)[:at_most]

    def against(self) -> Comparison | None:
        """What speaks most against it, beside the prior."""
        lines = [line for line in self.lines if line.bits < 0 and line.name != "prior"]
        return min(lines, key=lambda line: line.bits, default=None)


def evidence(x: Exhibit, y: Exhibit, model: Model) -> Evidence:
    """The comparisons of two records, and what one feed holding both says."""
    lines = explain(x.mention, y.mention, model).comparisons
    if x.feed == y.feed:
        bits = model.clustering.same_feed(x.feed)
        lines += (Comparison("feed", "same", "same_feed", bits, _ONE_FEED if bits < 0 else _REPEATING_FEED),)
    return Evidence(sum(line.bits for line in lines), lines)


@dataclass(frozen=True, slots=True)
class Scene:
    """`home` is the business of each record; `weights` are the bits of compared pairs, smaller id first, without what
    one feed holding both says; `decisions` are those in force that count here, newest first; `titles` are what people
    call the agencies that made them."""

    exhibits: Mapping[str, Exhibit]
    home: Mapping[str, str]
    weights: Mapping[Pair, float]
    decisions: Sequence[Decision]
    model: Model
    titles: Mapping[str, str]

    def decider(self, decision: Decision) -> str:
        """What people call the agency that made it."""
        return self.titles.get(decision.agency, decision.agency)

    @property
    def feeds(self) -> dict[str, str]:
        return {record_id: exhibit.feed for record_id, exhibit in self.exhibits.items()}

    @property
    def rulings(self) -> Rulings:
        return rulings(self.decisions, self.exhibits.keys())

    def between(self, a: str, b: str) -> float:
        """Bits, as the clustering counts them; a pair never compared counts against."""
        policy = self.model.clustering
        x, y = self.exhibits[a], self.exhibits[b]
        bits = self.weights.get((min(a, b), max(a, b)), policy.unscored_bits)
        return bits + (policy.same_feed(x.feed) if x.feed == y.feed else 0.0)

    def compared(self, a: str, b: str) -> bool:
        return (min(a, b), max(a, b)) in self.weights

    def together(self, a: str, b: str) -> bool:
        return self.home[a] == self.home[b]

    def beside(self, record_id: str) -> list[str]:
        """The records of its business, itself included, in order."""
        return sorted(other for other, home in self.home.items() if home == self.home[record_id])

    def units(self, record_id: str) -> list[list[str]]:
        """The records of its business; those ruled together, which the clustering takes for one, in one list."""
        ids = self.beside(record_id)
        same = [pair for pair in self.rulings.together if {*pair} <= {*ids}]
        unit = {id_: [id_] for id_ in ids}
        for a, b in same:
            if unit[a] is not unit[b]:
                unit[a].extend(unit[b])
                unit.update(dict.fromkeys(unit[b], unit[a]))
        return [found for id_, found in unit.items() if id_ == min(found)]

    def on_pair(self, a: str, b: str) -> list[Decision]:
        """The decisions in force on the two, newest first."""
        return [decision for decision in self.decisions if decision.pair == (min(a, b), max(a, b))]


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def in_bits(bits: float) -> str:
    """1 decimal place; a true minus sign, but none before nought."""
    return f"{round(bits, 1) + 0.0:.1f} bits".replace("-", "−")


def listed(texts: Iterable[str]) -> str:
    """a, b and c"""
    *most, last = [*texts] or [""]
    return f"{', '.join(most)} and {last}" if most else last
