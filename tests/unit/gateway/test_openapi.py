"""One description: the public paths of all, and no schema that means two things."""

from services.gateway.domain.openapi import merged
from services.gateway.domain.routes import Service


def document(paths: dict, **schemas: dict) -> dict:
    return {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}}


def answering(schema: str) -> dict:
    return {"get": {"responses": {"200": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}}


def test_public_paths_are_taken_and_inner_ones_are_not():
    ingest = document({"/v1/feeds/{feed}": {}, "/healthz": {}, "/v1/businesses": {}})
    whole = merged(document({"/v1/me": {}, "/healthz": {"own": 1}}), {Service.ingest: ingest})
    assert whole["paths"] == {"/v1/me": {}, "/healthz": {"own": 1}, "/v1/feeds/{feed}": {}}


def test_a_schema_that_two_services_mean_differently_is_renamed_with_all_that_refers_to_it():
    own = document({}, Page={"title": "one"}, Same={"type": "string"})
    linker = document(
        {"/v1/businesses": answering("Page"), "/v1/graph": answering("Same")},
        Page={"title": "another", "items": {"$ref": "#/components/schemas/Page"}},
        Same={"type": "string"},
    )
    whole = merged(own, {Service.linker: linker})
    schemas = whole["components"]["schemas"]
    assert schemas["Page"] == {"title": "one"}
    assert schemas["LinkerPage"]["items"]["$ref"] == "#/components/schemas/LinkerPage"
    assert whole["paths"]["/v1/businesses"] == answering("LinkerPage")
    assert whole["paths"]["/v1/graph"] == answering("Same")
    assert schemas.keys() == {"Page", "Same", "LinkerPage"}


def test_the_arguments_are_left_as_they_are():
    own, linker = document({"/": {}}, A={"a": 1}), document({"/v1/graph": {}}, A={"b": 1})
    merged(own, {Service.linker: linker})
    assert own == document({"/": {}}, A={"a": 1})
    assert linker == document({"/v1/graph": {}}, A={"b": 1})
