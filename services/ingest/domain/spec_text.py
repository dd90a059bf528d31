"""A feed specification out of YAML text, with every fault named by field and remedy."""

from collections.abc import Hashable
from typing import Any

import yaml
from pydantic import ValidationError

from services.ingest.domain.feed import Constant, FeedSpec
from shared.contracts.problem import FieldProblem

MAX_SPEC_CHARACTERS = 200_000


class BadSpec(Exception):
    """The specification cannot be used. `errors` names each field that is wrong and what to do."""

    def __init__(self, errors: tuple[FieldProblem, ...]) -> None:
        super().__init__(f"{len(errors)} fault(s) in the feed specification")
        self.errors = errors


class _PlainLoader(yaml.BaseLoader):
    """Scalars stay text (`No`, `0123` and `2024-01-01` mean what they say); no aliases, no repeated keys."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(None, None, "an alias", None)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [key.value for key, _ in node.value]
        if len({str(key) for key in keys}) < len(keys):
            raise yaml.constructor.ConstructorError(None, None, "a repeated key", node.start_mark)
        return super().construct_mapping(node, deep)


def load_spec(text: str) -> FeedSpec:
    """The feed that the YAML text declares. Raises BadSpec."""
    if len(text) > MAX_SPEC_CHARACTERS:
        raise BadSpec((_problem("spec", "spec_too_big", f"Keep it below {MAX_SPEC_CHARACTERS} characters."),))
    return parse_spec(_load_yaml(text))


def parse_spec(data: object) -> FeedSpec:
    """The feed that decoded YAML or JSON declares. Raises BadSpec."""
    try:
        return FeedSpec.model_validate(data)
    except ValidationError as error:
        raise BadSpec(spec_problems(error)) from None


def spec_problems(error: ValidationError) -> tuple[FieldProblem, ...]:
    """What is wrong with a specification, one problem for each field, without repeating what was sent."""
    faults: dict[str, list[tuple[str, str]]] = {}
    for fault in error.errors(include_input=False, include_context=False, include_url=False):
        remedy = _remedy(fault["type"], fault["msg"])
        faults.setdefault(_dotted(fault["loc"]), []).append((fault["type"], remedy))
    return tuple(
        _problem(field, found[0][0], " Or: ".join(dict.fromkeys(remedy for _, remedy in found)))
        for field, found in faults.items()
    )


def _load_yaml(text: str) -> object:
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - a BaseLoader: makes nothing but text, lists and dicts
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        remedy = "Correct the YAML there: check indentation, quotes, repeated keys; aliases are not allowed."
        raise BadSpec((_problem(f"line {line}", "yaml_invalid", remedy),)) from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise BadSpec((_problem("spec", "yaml_invalid", "Send YAML text in UTF-8."),)) from None


def _dotted(location: tuple[int | str, ...]) -> str:
    """The path as the author wrote it, without the names that pydantic gives to the choices of a union."""
    return ".".join(str(part) for part in location if not _is_choice(part)) or "spec"


def _is_choice(part: int | str) -> bool:
    return isinstance(part, str) and (part == Constant.__name__ or "[" in part or part.startswith("constrained-"))


def _remedy(kind: str, message: str) -> str:
    if kind == "missing":
        return "Add this field."
    if kind == "extra_forbidden":
        return "Remove this field, or correct its name."
    return message if message.endswith(".") else f"{message}."


def _problem(field: str, code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=field, code=code, remedy=remedy)
