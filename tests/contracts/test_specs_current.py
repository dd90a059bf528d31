"""The committed documents are what the models say today, and each is a valid document of its kind."""

from pathlib import Path

import jsonschema
import pytest

from joinedup import specs
from shared.contracts.events import EVENTS

REMEDY = "run `make specs` and commit what it writes"


@pytest.fixture(scope="module")
def documents() -> dict[str, dict]:
    return specs.documents()


def test_every_committed_document_is_what_the_models_say(documents):
    stale = [path for path, document in documents.items() if _committed(path) != specs.render(document)]
    assert not stale, f"{stale}: {REMEDY}"


def test_no_document_is_left_from_an_event_or_service_that_is_gone(documents):
    committed = {str(path.relative_to(specs.SPECS)) for path in specs.SPECS.rglob("*.json")}
    assert committed == set(documents), REMEDY


@pytest.mark.parametrize("spec", EVENTS, ids=lambda spec: spec.type)
def test_event_schemas_are_valid_json_schema(spec):
    jsonschema.Draft202012Validator.check_schema(specs.event_schema(spec))


def test_every_reference_in_asyncapi_leads_somewhere(documents):
    document = documents["asyncapi.json"]
    for reference in _references(document):
        node = document
        for part in reference.removeprefix("#/").split("/"):
            assert part in node, f"{reference} leads nowhere"
            node = node[part]


def _references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _committed(path: str) -> str:
    file = Path(specs.SPECS, path)
    return file.read_text() if file.exists() else ""
