"""Which row of a table is its heading, and whether it has the columns that the mapping reads."""

import difflib
from collections.abc import Sequence

from services.ingest.domain.readers.rows import Limits, Refused, refused
from services.ingest.domain.values import clean
from shared.contracts.problem import FieldProblem

SEARCHED_ROWS = 20


def best_heading(rows: Sequence[Sequence[str]], mapped: tuple[str, ...]) -> tuple[int, int]:
    """Index of the row with most of the mapped columns (titles above it are common), and how many it has."""
    wanted = {_folded(column) for column in mapped}
    scores = [len(wanted & {_folded(cell) for cell in row}) for row in rows]
    best = max(scores, default=0)
    return (scores.index(best) if scores else 0), best


def column_names(heading: Sequence[str], mapped: tuple[str, ...], limits: Limits) -> list[str]:
    """A name for every column, a mapped one spelt as the mapping spells it (spaces and case do not matter).

    Raises Refused if a mapped column is missing or there twice. Columns that nothing maps may repeat or have no name.
    """
    if len(heading) > limits.max_columns:
        raise refused("heading", "too_many_columns", f"Send at most {limits.max_columns} columns.")
    spelling = {_folded(column): column for column in mapped}
    found = [spelling.get(_folded(cell), clean(cell)) for cell in heading]
    _require(found, mapped)
    names: list[str] = []
    for position, name in enumerate(found, start=1):
        names.append(name if name and name not in names else _unused(name, position, names))
    return names


def _require(found: list[str], mapped: tuple[str, ...]) -> None:
    faults = [_missing(column, found, mapped) for column in mapped if column not in found]
    faults += [
        FieldProblem(field=column, code="column_repeated", remedy="Keep one column of this name in the heading.")
        for column in mapped
        if found.count(column) > 1
    ]
    if faults:
        raise Refused(*faults)


def _missing(column: str, found: list[str], mapped: tuple[str, ...]) -> FieldProblem:
    """Suggests a heading only from a row that is a heading: another row would be somebody's data."""
    is_heading = any(name in mapped for name in found)
    near = _closest(column, tuple(name for name in found if name not in mapped)) if is_heading else None
    hint = f"The nearest heading is '{near}': " if near else "It is not in the heading: "
    return FieldProblem(
        field=column, code="column_missing", remedy=f"{hint}rename the column in the feed's mapping, or add it."
    )


def _closest(name: str, existing: tuple[str, ...]) -> str | None:
    """The existing name most like `name`, if any is like it."""
    folded = {candidate.casefold(): candidate for candidate in existing}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return folded[near[0]] if near else None


def _unused(name: str, position: int, names: list[str]) -> str:
    name = f"{name} (column {position})" if name else f"column {position}"
    while name in names:
        name += "*"
    return name


def _folded(name: str) -> str:
    return clean(name).casefold()
