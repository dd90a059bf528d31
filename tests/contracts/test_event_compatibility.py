"""An event contract may grow and may not break: a reader of the published schema must understand today's events, and
today's reader must understand the events already in the log.

`published/` holds each schema as first released. It is not edited: a breaking change is a new type (`….v2`).
"""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from jsonsubschema import isSubschema

from joinedup import specs
from shared.contracts.events import EVENTS

PUBLISHED = Path(__file__).parent / "published"


def published(event_type: str) -> dict:
    return json.loads((PUBLISHED / f"{event_type}.schema.json").read_text())


def test_every_event_type_has_a_published_schema():
    assert {spec.type for spec in EVENTS} <= {path.name.removesuffix(".schema.json") for path in PUBLISHED.iterdir()}


@pytest.mark.parametrize("path", sorted(PUBLISHED.iterdir()), ids=lambda path: path.name)
def test_todays_events_and_the_published_schema_agree(path):
    spec = next(spec for spec in EVENTS if spec.type == path.name.removesuffix(".schema.json"))
    breaks = breaking(published(spec.type), specs.event_schema(spec))
    assert not breaks, f"{spec.type} breaks its readers: {breaks}; make it a new version"


SAMPLE = EVENTS[0].type


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda data: data["required"].append("invented"), "a new required field"),
        (lambda data: data["properties"].pop("agency"), "a field taken away"),
        (lambda data: data["properties"].update(version={"type": "string"}), "a field of another type"),
        (lambda data: data["properties"]["version"].update(minimum=5), "a narrower range"),
    ],
)
def test_a_breaking_change_is_noticed(change, why):
    old = inline(published(SAMPLE))
    new = deepcopy(old)
    change(new["properties"]["data"])
    assert breaking(old, new), why


def test_a_new_optional_field_is_no_break():
    old = inline(published(SAMPLE))
    new = deepcopy(old)
    new["properties"]["data"]["properties"]["colour"] = {"type": "string"}
    assert not breaking(old, new)


def breaking(old: dict, new: dict) -> list[str]:
    """What of `new` a reader of `old`, or a log full of `old`, would stumble over."""
    return list(_breaks(inline(old), inline(new), "event"))


def _breaks(old: dict, new: dict, where: str):
    if "properties" in old and "properties" in new:
        added = set(new.get("required", ())) - set(old.get("required", ()))
        dropped = set(old["properties"]) - set(new["properties"])
        yield from (f"{where}.{name} became required" for name in sorted(added))
        yield from (f"{where}.{name} is gone" for name in sorted(dropped))
        for name in sorted(set(old["properties"]) & set(new["properties"])):
            yield from _breaks(old["properties"][name], new["properties"][name], f"{where}.{name}")
    elif old != new and not (isSubschema(_bare(old), _bare(new)) and isSubschema(_bare(new), _bare(old))):
        yield f"{where} changed"


def inline(schema: dict) -> dict:
    return specs._inlined(schema)


def _bare(schema):
    """Without words and formats, which the comparison does not know."""
    if isinstance(schema, dict):
        return {
            key: _bare(value)
            for key, value in schema.items()
            if key not in ("title", "description", "format", "default")
        }
    return [_bare(item) for item in schema] if isinstance(schema, list) else schema
