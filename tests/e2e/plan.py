"""What a load sends: in each round every agency's export again, with rows corrected, gone and back."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from random import Random

from joinedup.feeds import FeedFile
from joinedup.partnership import demonstration
from joinedup.synthetic import Entry, generate
from joinedup.synthetic.agencies import AGENCIES, Agency
from services.ingest.domain.spec_text import load_spec

ROUNDS = 5
_SEED, _BUSINESSES, _RECORDS = 7, 150, 320
_CORRECTED, _GONE = 0.3, 0.08


@dataclass(frozen=True)
class Plan:
    """The files of each round, and the partnership they need."""

    rounds: tuple[tuple[FeedFile, ...], ...]
    partnership: Path
    viewer: str


def plan(folder: Path) -> Plan:
    by_agency: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in generate(_SEED, _BUSINESSES, _RECORDS).entries():
        by_agency[entry.agency.feed].append(entry)
    rounds = [
        tuple(_write(folder / f"round-{number}", agency, by_agency[agency.feed], number) for agency in AGENCIES)
        for number in range(ROUNDS)
    ]
    partnership = folder / "partnership.yaml"
    specs = [file.spec for file in rounds[0]]
    partnership.write_text(demonstration("load", "Load", specs))
    return Plan(tuple(rounds), partnership, specs[0].agency)


def _write(folder: Path, agency: Agency, entries: list[Entry], number: int) -> FeedFile:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / agency.file
    with agency.export(path, agency.columns()) as export:
        for row in _rows(entries, Random(f"{number}/{agency.feed}"), first=number == 0):
            export.add(row)
    return FeedFile(load_spec(agency.spec_text()), path)


def _rows(entries: list[Entry], random: Random, *, first: bool) -> list[dict[str, str]]:
    """Of a later round: some rows have what another row said, as a corrected one would; some are missing."""
    rows = []
    for entry in entries:
        fate = 1.0 if first else random.random()
        if fate > _GONE:
            content = random.choice(entries).row if fate < _GONE + _CORRECTED else entry.row
            own = {column: value for column, value in entry.row.items() if value == entry.source_ref}
            rows.append({**content, **own})
    return rows
