"""What is still missing before a warrant is asked for: dated policy, never advice.

Source: seed ¶20, ¶39, ¶50, ¶52; catalogue/warrant-readiness.yaml.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from shared.contracts.api.referrals.intelligence import Grading
from shared.contracts.api.referrals.requests import NamedPerson, NamedPremises
from shared.contracts.api.referrals.warrants import WarrantCheck, WarrantPolicy

FILE = Path(__file__).parent.parent / "catalogue" / "warrant-readiness.yaml"


@dataclass(frozen=True, slots=True)
class Heard:
    """A piece of intelligence and where it stands."""

    address: str
    received_on: date
    grading: Grading


@dataclass(frozen=True, slots=True)
class Case:
    """What there is. `request` is the address of the request that named people or premises, if one did."""

    people: Sequence[NamedPerson] = ()
    premises: NamedPremises | None = None
    request: str | None = None
    heard: Sequence[Heard] = ()
    executing: str | None = None
    joined: Sequence[str] = ()


@cache
def policies() -> tuple[WarrantPolicy, ...]:
    return TypeAdapter(tuple[WarrantPolicy, ...]).validate_python(yaml.safe_load(FILE.read_text(encoding="utf-8")))


def policy_on(day: date) -> WarrantPolicy:
    """The one that began last. Raises ValueError before the first."""
    return max((one for one in policies() if one.starts <= day), key=lambda one: one.starts)


def checks(case: Case, policy: WarrantPolicy, day: date) -> Iterator[WarrantCheck]:
    """Each check, in the order in which they are seen to."""
    request = (case.request,) if case.request else ()
    named = bool(case.people)
    yield _check("offender", named, "Somebody is named.", "Name an offender: a request for names may.", request)
    born = any(person.date_of_birth for person in case.people)
    yield _check("date_of_birth", born, "A date of birth is known.", "Find out a date of birth.", request)
    where = case.premises is not None
    yield _check("premises", where, "One premises is named.", "Name the one premises to be entered.", request)
    yield from _of_intelligence(case.heard, policy, day)
    joined = case.executing is not None and case.executing not in case.joined
    yield _check(
        "joined_agencies",
        joined,
        f"One agency applies for it, and {len(case.joined)} would be named on it.",
        "Say which agency applies for it, and which others enter under it.",
    )


def _of_intelligence(heard: Sequence[Heard], policy: WarrantPolicy, day: date) -> Iterator[WarrantCheck]:
    current = [one for one in heard if 0 <= (day - one.received_on).days <= policy.current_days]
    yield _check(
        "currency",
        bool(current),
        f"Something came in within {policy.current_days} days.",
        f"Find something that came in within {policy.current_days} days.",
        [one.address for one in current],
    )
    good = [one for one in current if one.grading.source in policy.sources]
    good = [one for one in good if one.grading.assessment in policy.assessments]
    yield _check(
        "source",
        bool(good),
        "Something of that is graded high enough.",
        "Find something current from a source, and so assessed, that the policy takes for enough.",
        [one.address for one in good],
    )


def _check(check: str, met: bool, yes: str, no: str, rests_on: Sequence[str] = ()) -> WarrantCheck:
    return WarrantCheck(check=check, met=met, says=yes if met else no, rests_on=tuple(rests_on) if met else ())
