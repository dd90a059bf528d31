"""Addresses of every GET of the public description: with what beta was told of, with what never was, and each query."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

_NOT_ASKED = re.compile(r"/metrics|/\.well-known|/v1/events")
_QUERIES = {
    "q": "shop",
    "known_to": "alpha",
    "not_to": "beta",
    "ref": "v1",
    "feed": "alpha-open",
    "postcode": "W5 3NU",
    "regime": "regime-alpha-open",
    "agency": "gamma",
}
_NEVER = {"business_id": f"biz_{'a' * 20}", "record_id": f"rec_{'a' * 20}", "other_id": f"rec_{'b' * 20}"}
_MOST_OF_A_ROUTE = 12


def every_get(paths: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """`known` has, by the name of a parameter of a path, what stands there."""
    for path, item in sorted(paths.items()):
        if "get" in item and not _NOT_ASKED.match(path):
            yield from _of_route(path, item["get"], known)


def _of_route(path: str, operation: Mapping[str, Any], known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    names = re.findall(r"{(\w+)}", path)
    values = [[*known.get(name, ())[:_MOST_OF_A_ROUTE], _NEVER.get(name, "0" * 32)] for name in names]
    asked = [one for one in operation.get("parameters", ()) if one["in"] == "query"]
    needed = [_query(one["name"]) for one in asked if one.get("required")]
    for chosen in product(*values):
        target = path.format_map(dict(zip(names, chosen, strict=True)))
        yield target
        if needed:
            yield f"{target}?{'&'.join(needed)}"
        if not names:
            yield from (f"{target}?{_query(one['name'])}" for one in asked if not one.get("required"))


def _query(name: str) -> str:
    return f"{name}={_QUERIES.get(name, 'never')}"
