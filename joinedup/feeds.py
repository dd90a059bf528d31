"""Files and the feed specifications they belong to, and what a file's rows become: the services' own code, offline."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from services.ingest.domain.catalogue import catalogue
from services.ingest.domain.feed import FeedSpec
from services.ingest.domain.mapping import Mapped, Rejected, compile_mapping
from services.ingest.domain.readers import BadRow, Refused, read_rows
from services.ingest.domain.spec_text import BadSpec, load_spec
from shared.contracts.problem import FieldProblem
from shared.contracts.record import Record

Key = tuple[str, str]  # feed and source reference

_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".json", ".ndjson", ".jsonl", ".xml"})


class Unusable(Exception):
    """A specification or file cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file and the specification by which it is read."""

    spec: FeedSpec
    path: Path


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of a file: its number and what became of it."""

    number: int
    result: Mapped | Rejected


def feed_file(argument: str) -> FeedFile:
    """From `SPEC=FILE`, where SPEC is a YAML file or the id of a shipped specification. Raises Unusable."""
    spec, equals, path = argument.partition("=")
    if not equals or not path:
        raise Unusable(f"Give SPEC=FILE, where SPEC is a YAML file or one of: {', '.join(catalogue())}.")
    return FeedFile(find_spec(spec), existing(Path(path)))


def find_spec(name: str) -> FeedSpec:
    """The shipped specification of this id, or the one in the YAML file of this path. Raises Unusable."""
    if name in catalogue():
        return catalogue()[name]
    try:
        return load_spec(existing(Path(name)).read_text(encoding="utf-8"))
    except BadSpec as error:
        faults = "\n".join(f"  {fault.field}: {fault.remedy}" for fault in error.errors)
        raise Unusable(f"{name} is not a feed specification:\n{faults}") from None
    except UnicodeDecodeError:
        raise Unusable(f"{name} is not text in UTF-8.") from None


def existing(path: Path) -> Path:
    if not path.is_file():
        raise Unusable(f"There is no file {path}.")
    return path


def folder_files(folder: Path) -> list[FeedFile]:
    """Every table of a folder with its specification: `<name>.yaml` beside it, else the shipped one that fits best."""
    tables = sorted(path for path in folder.iterdir() if path.suffix.lower() in _TABLES)
    if not tables:
        raise Unusable(f"There is no CSV, XLSX, JSON or XML file in {folder}.")
    return [FeedFile(_spec_of(path), path) for path in tables]


def _spec_of(path: Path) -> FeedSpec:
    beside = path.with_suffix(".yaml")
    return find_spec(str(beside)) if beside.exists() else _best_shipped(path)


def _best_shipped(path: Path) -> FeedSpec:
    """The specification whose id shares most words with the file's name, of those that can read the file."""
    words = _words(path.stem)
    likely = sorted(catalogue().values(), key=lambda spec: (-len(words & _words(spec.id)), spec.id))
    for spec in likely:
        if words & _words(spec.id) and _reads(spec, path):
            return spec
    raise Unusable(f"No shipped specification fits {path.name}. Put one beside it as {path.stem}.yaml.")


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower()))


def _reads(spec: FeedSpec, path: Path) -> bool:
    try:
        return next(readings(FeedFile(spec, path)), None) is not None
    except Refused:
        return False


def readings(file: FeedFile) -> Iterator[Reading]:
    """Each row of the file through the feed's mapping. Raises Refused when the file as a whole cannot be read."""
    map_row = compile_mapping(file.spec)
    with file.path.open("rb") as stream:
        for row in read_rows(file.spec, stream):
            result = Rejected(row.errors) if isinstance(row, BadRow) else map_row(row.values)
            yield Reading(row.number, result)


def gather(files: Iterable[FeedFile]) -> dict[Key, Record]:
    """The records of the files, as ingest would hold them: of two rows with one reference, the first. Raises Unusable
    where a file cannot be read."""
    records: dict[Key, Record] = {}
    for file in files:
        try:
            for result in (reading.result for reading in readings(file)):
                if isinstance(result, Mapped) and result.record:
                    records.setdefault((file.spec.id, result.source_ref), result.record)
        except Refused as error:
            raise refusal(file.path, error.errors) from None
    return records


def refusal(path: Path, errors: Sequence[FieldProblem]) -> Unusable:
    faults = "\n".join(f"  {fault.field}: {fault.remedy}" for fault in errors)
    return Unusable(f"{path.name} was refused:\n{faults}")
