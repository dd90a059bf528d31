"""The word lists shipped beside this module: `[section]` headings, then comma-separated words."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("words")


@cache
def words(name: str) -> Mapping[str, tuple[str, ...]]:
    """Section → words of `words/<name>.txt`."""
    sections: dict[str, tuple[str, ...]] = {}
    heading = ""
    for line in (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[]")
        elif line:
            sections[heading] = tuple(line.split(", "))
    return sections
