"""One description of the whole public surface, out of the gateway's own and those of the services."""

from collections.abc import Mapping
from typing import Any

from services.gateway.domain.routes import ROUTES, Service

Document = dict[str, Any]
_SCHEMA = "#/components/schemas/"


def merged(own: Document, services: Mapping[Service, Document]) -> Document:
    """`own` with the public paths of `services` and what they refer to. A schema whose name is taken by a different one
    is renamed after its service. The arguments are left as they are."""
    whole = own | {"paths": dict(own["paths"]), "components": _components(own)}
    for service, document in services.items():
        _add(whole, service, document)
    return whole


def _add(whole: Document, service: Service, document: Document) -> None:
    theirs = _components(document)
    taken: Document = whole["components"]["schemas"]
    renamed = {
        name: f"{service.title()}{name}"
        for name, schema in theirs["schemas"].items()
        if name in taken and taken[name] != schema
    }
    taken |= {renamed.get(name, name): _pointing(schema, renamed) for name, schema in theirs["schemas"].items()}
    whole["components"]["securitySchemes"] |= theirs["securitySchemes"]
    whole["paths"] |= {
        path: _pointing(item, renamed) for path, item in document["paths"].items() if _is_public(path, service)
    }


def _components(document: Document) -> dict[str, Document]:
    components = document.get("components", {})
    return {kind: dict(components.get(kind, {})) for kind in ("schemas", "securitySchemes")}


def _is_public(path: str, service: Service) -> bool:
    return any(route.covers(path) and route.service is service for route in ROUTES)


def _pointing(node: Any, renamed: Mapping[str, str]) -> Any:
    """A copy in which references lead to the new names."""
    if isinstance(node, list):
        return [_pointing(item, renamed) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _reference(value, renamed) if key == "$ref" else _pointing(value, renamed) for key, value in node.items()
    }


def _reference(target: Any, renamed: Mapping[str, str]) -> Any:
    name = str(target).removeprefix(_SCHEMA)
    return _SCHEMA + renamed[name] if name in renamed else target
