"""Generates shared/contracts/specs from the models: JSON Schema of each event, AsyncAPI 3 and each service's OpenAPI.

The files are committed so that an agency's developer can read them without running anything; a test holds them current.
"""

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import FastAPI

from shared.contracts.envelope import Event
from shared.contracts.events import EVENTS, EventSpec

SPECS = Path(__file__).parent.parent / "shared" / "contracts" / "specs"
SERVICES = ("ingest", "linker", "referrals", "calendar", "gateway")
_JSON = "application/json"
_NOBODY = "http://127.0.0.1:9"
AGENCY = "specs-agency"
PARTNERSHIP = f"""\
id: specs
title: Specs
agencies: [{{id: {AGENCY}, title: An agency}}]
categories: [presence]
stream_purpose: compliance
"""


def documents() -> dict[str, dict[str, Any]]:
    """Every generated document by its path under `specs`."""
    found = {f"events/{spec.type}.schema.json": event_schema(spec) for spec in EVENTS}
    found["asyncapi.json"] = asyncapi()
    return found | {f"{service}.openapi.json": openapi(service) for service in SERVICES}


def write(folder: Path = SPECS) -> None:
    for path, document in documents().items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(render(document))


def render(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def event_schema(spec: EventSpec) -> dict[str, Any]:
    """The CloudEvent of this type in structured mode, JSON Schema 2020-12."""
    schema = Event[spec.data].model_json_schema()  # type: ignore[name-defined]
    schema["title"] = spec.type
    schema["properties"]["type"] = {"const": spec.type, "type": "string"}
    schema["properties"]["source"] = {"const": spec.source, "type": "string"}
    schema["required"] = sorted({*schema["required"], "specversion", "type", "source"})
    return schema


def asyncapi() -> dict[str, Any]:
    """AsyncAPI 3.0: a channel a topic, an operation for each service that says something there."""
    topics = sorted({spec.topic for spec in EVENTS})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Joined Up events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in structured JSON. The message key is the event's partitionkey.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic: _channel(topic) for topic in topics},
        "operations": {f"send-{topic}": _operation(topic) for topic in topics},
        "components": {"messages": {spec.type: _message(spec) for spec in EVENTS}},
    }


def _channel(topic: str) -> dict[str, Any]:
    types = [spec.type for spec in EVENTS if spec.topic == topic]
    return {"address": topic, "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in types}}


def _operation(topic: str) -> dict[str, Any]:
    channel = f"#/channels/{topic}"
    types = [spec.type for spec in EVENTS if spec.topic == topic]
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in types],
    }


def _message(spec: EventSpec) -> dict[str, Any]:
    summary = (spec.data.__doc__ or "").strip().partition("\n")[0]
    schema = {"schemaFormat": "application/schema+json;version=draft-07", "schema": _inlined(event_schema(spec))}
    return {"name": spec.type, "summary": summary, "contentType": "application/cloudevents+json", "payload": schema}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without `$defs`: a `$ref` inside AsyncAPI is resolved against the whole document, not the schema."""
    definitions = schema.get("$defs", {})

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return inline(definitions[node["$ref"].rpartition("/")[2]])
        return {key: inline(value) for key, value in node.items() if key != "$defs"}

    inlined: dict[str, Any] = inline(schema)
    return inlined


def openapi(service: str) -> dict[str, Any]:
    """The service's own description of its routes."""
    with TemporaryDirectory() as folder:
        return application(service, Path(folder)).openapi()


def application(service: str, folder: Path, **given: Any) -> FastAPI:
    """The service's application, built and not started: nothing is stored or connected for it yet.

    Its store and log would be files in `folder`, and its partnership is of one agency, AGENCY; nobody may sign in.
    """
    settings_module = import_module(f"services.{service}.settings")
    settings = getattr(settings_module, f"{service.title()}Settings")
    api: Callable[[Any], FastAPI] = import_module(f"services.{service}.bootstrap").api
    partnership = folder / "partnership.yaml"
    partnership.write_text(PARTNERSHIP)
    register = folder / "register.yaml"
    register.write_text("{}")
    fixed = {
        "database_url": f"sqlite:///{folder}/{service}.db",
        "log_url": f"embedded://{folder}/log.db",
        "keys_url": f"sqlite:///{folder}/keys.db",
        "partnership_file": partnership,
        "data_dir": folder,
        "register_file": register,
        **{f"{other}_url": _NOBODY for other in SERVICES},
    }
    return api(settings(**fixed | given))


if __name__ == "__main__":
    write()
