"""A description of a labelled set that nobody described, from its files alone.

Three kinds are understood: records with a column that says which are one business; tables of records and tables of
pairs of their keys; and such pairs with a label, 0 or 1. What was understood is said, and what is not is refused with
what to add: a set is never passed over, nor measured by half.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

from joinedup.bench.labelled.description import (
    DescribedFile,
    DescribedTruth,
    Description,
    Labels,
    PairFile,
    Side,
)
from joinedup.column_names import Meaning, meaning_of, words_of
from joinedup.draft import TABLES, Table, draft, read_table, slug
from joinedup.feeds import Unusable
from services.ingest.domain.feed import FeedSpec, mapped_columns

_FOUND = 0.9  # of a column's values among the keys of a table, which it then refers to
_MOST_SOURCES = 50
_LEFT = frozenset({"l", "left", "a", "1", "ltable", "id1"})
_RIGHT = frozenset({"r", "right", "b", "2", "rtable", "id2"})
_PREFIXES = frozenset({"left", "right", "ltable", "rtable"})
_REFERS = frozenset({"id", "key", "ref", "record", "rec"}) | _LEFT | _RIGHT
_LABELS = frozenset({"label", "gold", "match", "class", "duplicate", "same", "truth", "verdict"})
_SAYS_WHO = frozenset({Meaning.trading, Meaning.legal, Meaning.some_name, Meaning.surname, Meaning.address})
_TWO = frozenset({"0", "0.0", "false", "no", "n", "non-match", "nonmatch", "no match", "different", "distinct"})
_ONE = frozenset({"1", "1.0", "true", "yes", "y", "match", "same", "duplicate"})


@dataclass(frozen=True, slots=True)
class _Reference:
    """The column of a table of pairs that refers to the key of a table of records."""

    column: str
    table: Table
    key: str
    fit: float


def holds_tables(folder: Path) -> bool:
    return any(path.is_file() and path.suffix.lower() in TABLES | {".parquet"} for path in folder.iterdir())


def guess(folder: Path) -> tuple[Description, list[FeedSpec]]:
    """The description and each file's specification. Raises feeds.Unusable, which says what to add."""
    tables = [read_table(path) for path in sorted(folder.iterdir()) if path.suffix.lower() in TABLES | {".parquet"}]
    if not tables:
        raise Unusable(f"{folder} holds no CSV, XLSX, JSON or JSON lines file: put the records there.")
    try:
        return _of_pairs(tables) or _of_column(tables)
    except Unusable as error:
        raise Unusable(f"{folder.name}: {error} Or describe the set in set.yaml.") from None


def in_words(description: Description, specs: Sequence[FeedSpec]) -> Iterator[str]:
    """What was understood, a line each."""
    for file, spec in zip(description.files, specs, strict=True):
        business = f"; one business: {file.business}" if file.business else ""
        sources = f"; a feed for each {file.feed}" if file.feed else ""
        yield f"{file.file} read by its columns {', '.join(mapped_columns(spec))}{business}{sources}"
    for pairs in description.truth.pairs if description.truth else ():
        labelled = f", two businesses where {pairs.apart.column} says so" if pairs.apart else ""
        left, right = (f"{side.column} of {side.feed}" for side in (pairs.left, pairs.right))
        yield f"{pairs.file} read as pairs of {left} and {right}{labelled}"


def _of_column(tables: Sequence[Table]) -> tuple[Description, list[FeedSpec]]:
    """Records whose truth is a column of theirs."""
    specs = [draft(table) for table in tables]
    files = [_file_with_truth(table, spec, tables) for table, spec in zip(tables, specs, strict=True)]
    return Description(files=tuple(files)), specs


def _file_with_truth(table: Table, spec: FeedSpec, tables: Sequence[Table]) -> DescribedFile:
    said = [column for column in table.columns if meaning_of(column) is Meaning.truth and _repeats(column, tables)]
    if len(said) != 1:
        found = f"several columns could ({', '.join(said)})" if said else "no column or table of pairs does"
        raise Unusable(
            f"What says which records of {table.path.name} are one business? Here {found}. Call one column"
            " cluster_id, or add a CSV of pairs of the records' ids (left_id, right_id and, where some are not, label)."
        )
    sources = [column for column in table.columns if meaning_of(column) is Meaning.source] if len(tables) == 1 else []
    feed = next((column for column in sources if 1 < len(set(table.columns[column])) <= _MOST_SOURCES), None)
    return _file(table, spec).model_copy(update={"feed": feed, "business": said[0]})


def _file(table: Table, spec: FeedSpec) -> DescribedFile:
    return DescribedFile(file=table.path.name, spec=spec.id, people=not spec.mapping.names)


def _repeats(column: str, tables: Sequence[Table]) -> bool:
    """Whether some value is there twice, in one table or two: else it is the key of a row."""
    cells = [cell for table in tables for cell in table.columns.get(column, ()) if cell]
    return len(set(cells)) < len(cells)


def _of_pairs(tables: Sequence[Table]) -> tuple[Description, list[FeedSpec]] | None:
    """Tables of records and tables of pairs of them; None where no table is of pairs."""
    refers = {table.path.name: _references(table, tables) for table in tables}
    pairs = {name: sides for name, sides in refers.items() if sides}
    records = [table for table in tables if table.path.name not in pairs]
    if not pairs or not records:
        return None
    keys: dict[str, str] = {}
    files: list[PairFile] = []
    for table in tables:
        if sides := pairs.get(table.path.name):
            for side in sides:
                if keys.setdefault(side.table.path.name, side.key) != side.key:
                    raise Unusable(f"{side.table.path.name} is referred to by {side.key} and by another column.")
            files.append(_pair_file(table, *sides))
    specs = [draft(table, keys.get(table.path.name)) for table in records]
    described = tuple(_file(table, spec) for table, spec in zip(records, specs, strict=True))
    return Description(files=described, truth=DescribedTruth(pairs=tuple(files))), specs


def _pair_file(table: Table, left: _Reference, right: _Reference) -> PairFile:
    sides = [Side(feed=slug(side.table.path.stem), column=side.column) for side in (left, right)]
    column = next((column for column in table.columns if set(words_of(column).split()) & _LABELS), None)
    values = sorted(set(table.columns[column])) if column else []
    apart = tuple(value for value in values if value.casefold() in _TWO)
    unsure = tuple(value for value in values if value.casefold() not in _TWO | _ONE)
    return PairFile(
        file=table.path.name,
        left=sides[0],
        right=sides[1],
        apart=Labels(column=column, values=apart) if column and apart else None,
        unsure=Labels(column=column, values=unsure) if column and unsure else None,
    )


def _references(table: Table, tables: Sequence[Table]) -> tuple[_Reference, _Reference] | None:
    """The two columns that refer to records, where there are two: those whose values, names and order fit best."""
    others = [other for other in tables if other is not table and _could_be_records(other)]
    columns = [column for column in table.columns if _may_refer(column, others)]
    found = {column: list(_fits(table, column, others)) for column in columns}
    choices = [
        (left, right) for one, two in permutations(columns, 2) for left, right in product(found[one], found[two])
    ]
    return max(choices, key=lambda sides: _fit(sides[0], sides[1], others), default=None)


def _could_be_records(table: Table) -> bool:
    """Not a table of pairs that repeats what the two records say."""
    said = (column for column in table.columns if _PREFIXES.isdisjoint(words_of(column).split()))
    return any(meaning_of(column) in _SAYS_WHO for column in said)


def _may_refer(column: str, others: Sequence[Table]) -> bool:
    words = set(words_of(column).split())
    return bool(words & _REFERS) or any(words & _own_words(other) or column in other.columns for other in others)


def _own_words(table: Table) -> set[str]:
    """Of its file's name: fodors.csv is meant by fodors_id."""
    return {word for word in words_of(table.path.stem).split() if len(word) > 1}


def _fits(table: Table, column: str, others: Sequence[Table]) -> Iterator[_Reference]:
    values = set(table.columns[column]) - {""}
    for other in others:
        for key in other.own_keys:
            share = len(values & set(other.columns[key])) / len(values) if values else 0.0
            if share >= _FOUND:
                named = bool(set(words_of(column).split()) & _own_words(other)) + (column == key)
                yield _Reference(column, other, key, share + named + (meaning_of(key) is Meaning.key) / 2)


def _fit(left: _Reference, right: _Reference, tables: Sequence[Table]) -> float:
    """Best: what is called left refers to the first table and what is called right to the second."""
    order = tables.index(right.table) - tables.index(left.table)
    sided = _is_side(left.column, _LEFT) + _is_side(right.column, _RIGHT)
    return left.fit + right.fit + sided + (0.3 if order > 0 else 0.1 if order == 0 else 0.0)


def _is_side(column: str, side: frozenset[str]) -> bool:
    return bool(set(words_of(column).split()) & side)
