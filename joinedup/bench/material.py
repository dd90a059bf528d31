"""What the benchmark sends: a file of made-up records, and single records each of which raises a concern."""

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random

from joinedup.synthetic import generate
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.spec_text import load_spec
from shared.contracts.record import Record

AGENCY = "bench"
SINGLES = "bench-singles"
_COLUMNS = ("ref", "name", "address", "town", "postcode", "phone", "company", "rating", "seen")
_RECORDS_A_BUSINESS = 2
_INWARD = "ABDEFGHJLNPQRSTUWXYZ"


def spec(feed: str) -> FeedSpec:
    """A feed with the columns of `write_file` and `single`; 0 is the worst rating."""
    return load_spec(f"""
id: {feed}
title: Benchmark
agency: {AGENCY}
regime: food-hygiene
category: inspection-ratings
format: {{kind: csv, delimiter: ","}}
mode: delta
retention_days: 3650
expected_every_hours: 8760
mapping:
  source_ref: ref
  names: [{{column: name, kind: trading}}]
  address: {{lines: [address], town: town, postcode: postcode}}
  phones: [phone]
  company_number: company
  observation:
    rating: rating
    observed_on: seen
    outcomes: {{"0": 4, "5": nothing_found}}
""")


def write_file(path: Path, records: int, seed: int) -> None:
    """A CSV of that many made-up records."""
    made_up = generate(seed, businesses=max(1, records // _RECORDS_A_BUSINESS), records=records)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, _COLUMNS)
        writer.writeheader()
        writer.writerows(_row(f"{seed}-{number}", entry[2]) for number, entry in enumerate(made_up.records()))


def singles(count: int, seed: int, seen: str) -> Iterator[dict[str, str]]:
    """Rows of businesses that share nothing, each with the worst rating: each raises one risk change."""
    random = Random(f"singles {seed}")  # noqa: S311 - repeatable is what it must be
    for number in range(count):
        yield {
            "ref": f"{seed}-{number}",
            "name": f"{_word(random)} {_word(random)} Bakery",
            "address": f"{random.randrange(1, 300)} {_word(random)} Road",
            "town": "Kerrow",
            "postcode": f"ZA{random.randrange(10, 100)} {random.randrange(10)}{''.join(random.choices(_INWARD, k=2))}",
            "phone": "",
            "company": "",
            "rating": "0",
            "seen": seen,
        }


def _row(ref: str, record: Record) -> dict[str, str]:
    address = record.address
    return {
        "ref": ref,
        "name": record.names[0].value if record.names else "",
        "address": ", ".join(address.lines) if address else "",
        "town": (address and address.town) or "",
        "postcode": (address and address.postcode) or "",
        "phone": record.phones[0] if record.phones else "",
        "company": record.company_number or "",
        "rating": "0" if record.observation.severity else "5",
        "seen": record.observation.observed_on.isoformat() if record.observation.observed_on else "",
    }


def _word(random: Random) -> str:
    """A made-up word of four syllables."""
    return "".join(random.choice("bdfghklmnprstvw") + random.choice("aeiou") for _ in range(4)).capitalize()
