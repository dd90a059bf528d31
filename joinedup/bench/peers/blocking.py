"""Pairs worth comparing, for peers that leave this to their users: records that share one of twelve keys."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

_KEYS = (
    ("postcode",), ("name", "town"), ("name", "outward"), ("name2", "town"), ("phone",), ("email",), ("licence",),
    ("company", "outward"), ("owner", "town"), ("dob",), ("door", "street"), ("door", "outward"), ("name", "phone"),
)  # fmt: skip


def candidate_pairs(rows: Sequence[dict[str, str]], largest: int) -> list[tuple[str, str]]:
    """Each pair once, the record that comes first in `rows` first. Blocks of more than `largest` are left out."""
    pairs: dict[tuple[str, str], None] = {}
    for columns in _KEYS:
        blocks: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        for row in rows:
            key = tuple(row[column] for column in columns)
            if all(key):
                blocks[key].append(row["id"])
        for ids in blocks.values():
            if len(ids) <= largest:
                pairs.update(dict.fromkeys(combinations(ids, 2)))
    return list(pairs)
