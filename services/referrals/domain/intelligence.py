"""What a sanitised version may say, and who may have it.

Source: seed inventory C 27; peers, "Evaluation" and "UK practice".
"""

import re
from collections.abc import Iterator
from datetime import date

from shared.contracts.problem import FieldProblem
from shared.sharing import CARDS, Level, Partnership, decide

_WORD = re.compile(r"\w+")
NAMES_SOURCE = "names_source"
_SHORTEST = 3
"""Of a word of a name that says whose it is: initials and particles do not."""


def leads_to_source(text: str, original: str, source: str | None) -> Iterator[FieldProblem]:
    """What a sanitised text must not have; empty where it has none of it."""
    if _words(text) == _words(original):
        yield _fault("original", "Write it anew: the original does not leave your agency.")
    names = {word for word in _words(source or "") if len(word) >= _SHORTEST}
    if names.intersection(_words(text)):
        yield _fault(NAMES_SOURCE, "Leave out the name of the source.")


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _fault(code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field="body.text", code=code, remedy=remedy)


def may_have(viewer: str, purpose: str, agency: str, origin: str | None, day: date, partnership: Partnership) -> bool:
    """Whether a viewer may have what an agency's analyst wrote of what came from another: by the powers of both, since
    nobody passes on what an agency gave without a power of that agency's own."""
    owners = {agency, origin or agency} - {viewer}
    return agency == viewer or all(_in_full(viewer, purpose, owner, day, partnership) for owner in owners)


def _in_full(viewer: str, purpose: str, owner: str, day: date, partnership: Partnership) -> bool:
    grant = decide(viewer, purpose, owner, CARDS, day, partnership)
    return grant is not None and grant.level is Level.full
