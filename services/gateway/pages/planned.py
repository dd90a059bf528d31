"""From filled-in forms to what the calendar takes. Numbers and days go as they were typed: it says what is wrong."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

Fields = Mapping[str, str]
"""The texts of a form, by the names of its fields."""

Step = Literal["confirm", "reply", "join", "cancel", "done", "attended", "outcomes"]
_PENCE = 100


def body_of(step: Step, form: Fields) -> dict[str, Any]:
    """Of a step that is taken with a visit."""
    return _BODIES[step](form)


def chosen(form: Fields, *names: str) -> dict[str, str]:
    """Those that are filled in."""
    return {name: form[name] for name in names if form.get(name)}


def contribution(form: Fields) -> dict[str, str]:
    return chosen(form, "officers", "alone", "uniformed")


def when(form: Fields) -> dict[str, str]:
    """A slot if it has times, or else some time on those days."""
    first, last = form.get("first", ""), form.get("last") or form.get("first", "")
    if form.get("starts") or form.get("ends"):
        return {"starts": f"{first}T{form.get('starts', '')}", "ends": f"{first}T{form.get('ends', '')}"}
    return {"first": first, "last": last}


def _outcome(form: Fields) -> dict[str, str]:
    given = chosen(form, "kind", "regime", "found_on", "number", "note")
    return given | ({"value_pence": _pence(form["pounds"])} if form.get("pounds") else {})


def _pence(pounds: str) -> str:
    try:
        return str(int(Decimal(pounds.lstrip("£").replace(",", "")) * _PENCE))
    except (InvalidOperation, ValueError, OverflowError):
        return pounds


_BODIES: Mapping[str, Callable[[Fields], dict[str, Any]]] = {
    "confirm": lambda form: chosen(form, "version", "knowing", "reason"),
    "reply": lambda form: chosen(form, "answer") | {"contribution": contribution(form)},
    "join": lambda form: chosen(form, "instead_of") | {"contribution": contribution(form)},
    "cancel": lambda form: chosen(form, "version", "reason"),
    "done": lambda form: chosen(form, "version"),
    "attended": lambda form: chosen(form, "attended", "officers_sent"),
    "outcomes": _outcome,
}
