"""A partnership of a stated size: exactly so many businesses, known through exactly so many records."""

from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import accumulate, pairwise
from random import Random
from typing import NamedTuple

from joinedup.synthetic.agencies import AGENCIES, Agency
from joinedup.synthetic.businesses import SECTORS, Business, World
from joinedup.synthetic.layouts import Row
from joinedup.synthetic.numbers import Series
from joinedup.synthetic.places import Town
from joinedup.synthetic.sightings import Clerk
from services.ingest.domain.mapping import Rejected, compile_mapping
from services.ingest.domain.spec_text import load_spec
from shared.contracts.record import Record

CORNWALL_BUSINESSES, CORNWALL_RECORDS = 3975, 8088  # seed, Table 1
MOST_RECORDS = 6
_TOWN_SIZE = 400
# Share of businesses with 1, 2 … 6 records, before tilting to the wanted mean.
_RECORDS_EACH = (0.41, 0.30, 0.16, 0.08, 0.035, 0.015)
_REPEAT = 0.16  # of businesses with several records, one of them in the feed that repeats


class Entry(NamedTuple):
    """One row as its agency exports it, and the truth about it."""

    agency: Agency
    source_ref: str
    row: Row
    business: str


@dataclass(frozen=True, slots=True)
class Partnership:
    """The recipe; nothing is held in memory. Each iteration makes the same rows again."""

    seed: int
    businesses: int
    rows: int
    today: date

    def entries(self) -> Iterator[Entry]:
        """Every row of every agency, town by town, in an order that tells nothing about which belong together."""
        today = self.today.toordinal()
        clerks = [Clerk(_random(self.seed, agency.feed), agency.habits, agency.scale, today) for agency in AGENCIES]
        for known_to, reference, business in self._known():
            agency = AGENCIES[known_to]
            yield Entry(agency, reference, agency.layout(clerks[known_to].observe(business), reference), business.id)

    def phoenixes(self) -> Iterator[tuple[str, str]]:
        """(business that closed, the one that rose from it), as the made-up world has it; each has a record."""
        old_of = {business.id: business.rises_from for _, _, business in self._known()}
        return ((old, new) for new, old in old_of.items() if old)

    def _known(self) -> Iterator[tuple[int, str, Business]]:
        """(position in AGENCIES of who holds it, its reference, business): one for each record."""
        random = _random(self.seed, "world")
        world = World(random, self.businesses, self.today)
        references = [Series(random, max(1000, 2 * self.rows)) for _ in AGENCIES]
        towns = _town_sizes(random, self.businesses)
        shares = _apportioned(self.rows - self.businesses, towns)
        for index, (size, extra) in enumerate(zip(towns, shares, strict=True)):
            for known_to, business in self._town(world, index, size, size + extra):
                reference = AGENCIES[known_to].reference.format(references[known_to].next())
                yield known_to, reference, business

    def records(self) -> Iterator[tuple[str, str, Record, str]]:
        """Every row, as `canonical`."""
        return canonical(self.entries())

    def _town(self, world: World, index: int, size: int, records: int) -> list[tuple[int, Business]]:
        random = world.random
        pairs: list[tuple[int, Business]] = []
        counts = _counts(random, size, records)
        for business, count in zip(world.settle(Town(random, index, size), size), counts, strict=True):
            pairs.extend((known_to, business) for known_to in _known_to(random, business.sector, count))
        random.shuffle(pairs)
        return pairs


def canonical(entries: Iterable[Entry]) -> Iterator[tuple[str, str, Record, str]]:
    """(feed, source_ref, canonical record, true business) of rows, through the feeds' own mappings."""
    mappings = {agency.feed: compile_mapping(load_spec(agency.spec_text())) for agency in AGENCIES}
    for agency, reference, row, business in entries:
        mapped = mappings[agency.feed](row)
        if isinstance(mapped, Rejected) or mapped.record is None:
            raise ValueError(f"{agency.feed}: the specification does not take a row of its own agency")
        yield agency.feed, reference, mapped.record, business


def generate(
    seed: int,
    businesses: int = CORNWALL_BUSINESSES,
    records: int = CORNWALL_RECORDS,
    today: date = date(2026, 11, 1),
) -> Partnership:
    """The partnership for a seed. `businesses ≤ records ≤ 6 × businesses`, else ValueError."""
    if not 0 < businesses <= records <= MOST_RECORDS * businesses:
        raise ValueError(f"records must be between businesses and {MOST_RECORDS} times businesses")
    return Partnership(seed, businesses, records, today)


def _random(seed: int, use: str) -> Random:
    """A source of its own for each use, so that a change in one place leaves the others as they were."""
    return Random(f"{seed}/{use}")  # noqa: S311 - repeatable is what it must be, and nothing here is secret


def _town_sizes(random: Random, businesses: int) -> list[int]:
    """Sizes between a half and one and a half times the usual one; they add up to `businesses`."""
    weights = [0.5 + random.random() for _ in range(max(1, round(businesses / _TOWN_SIZE)))]
    return _apportioned(businesses, weights)


def _apportioned(total: int, weights: list[float] | list[int]) -> list[int]:
    """`total` split in proportion to `weights`, in whole numbers that add up."""
    whole = sum(weights)
    marks = [round(total * mark / whole) for mark in accumulate(weights, initial=0)]
    return [after - before for before, after in pairwise(marks)]


def _counts(random: Random, businesses: int, records: int) -> list[int]:
    """How many records each business has: 1 to 6, `records` in all."""
    weights = _tilted(records / businesses)
    counts = random.choices(range(1, MOST_RECORDS + 1), weights, k=businesses)
    missing = records - sum(counts)
    step = 1 if missing > 0 else -1
    while missing:
        at = random.randrange(businesses)
        if 1 <= counts[at] + step <= MOST_RECORDS:
            counts[at] += step
            missing -= step
    return counts


def _tilted(mean: float) -> list[float]:
    """`_RECORDS_EACH` bent (times a power of the count) until its mean is the wanted one."""
    low, high = 1e-6, 1e6
    weights = list(_RECORDS_EACH)
    for _ in range(80):
        tilt = (low * high) ** 0.5
        weights = [share * tilt**count for count, share in enumerate(_RECORDS_EACH)]
        if sum(count * weight for count, weight in enumerate(weights, 1)) / sum(weights) < mean:
            low = tilt
        else:
            high = tilt
    return weights


_INTEREST = {sector: [agency.interest(sector) for agency in AGENCIES] for sector in SECTORS}
_REPEATING = next(index for index, agency in enumerate(AGENCIES) if agency.repeats)


def _known_to(random: Random, sector: str, count: int) -> list[int]:
    """Positions in AGENCIES of those that hold the business: all different, but that one feed may repeat it."""
    interest = list(_INTEREST[sector])
    chosen: list[int] = []
    for _ in range(count):
        marks = list(accumulate(interest))
        chosen.append(bisect(marks, random.random() * marks[-1]))
        interest[chosen[-1]] = 0.0
    if _REPEATING in chosen[:-1] and random.random() < _REPEAT:
        chosen[-1] = _REPEATING
    return chosen
