"""The life of a legal gateway: draft → legal review → active → expired or revoked. Which step may be taken, by whom.

A step is taken by the information governance of an agency. Either side may end what both began; only an agency that
discloses can begin, because it is its records that leave.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from shared.sharing.legal_gateway import LegalGateway, Status
from shared.sharing.rules import Partnership
from shared.sharing.words import Anyone


@dataclass(frozen=True, slots=True)
class Step:
    """To this status, by the information governance of any of these agencies."""

    to: Status
    by: tuple[str, ...]


def steps(gateway: LegalGateway, partnership: Partnership, on_date: date) -> tuple[Step, ...]:
    """The steps that may be taken on that day. From `expired` and `revoked` none leads away: write a new one."""
    return tuple(step for step in _steps(gateway, partnership, on_date) if step.by)


def _steps(gateway: LegalGateway, partnership: Partnership, on_date: date) -> Iterator[Step]:
    parties = _those(partnership, gateway.from_, gateway.to)
    over = gateway.ends is not None and gateway.ends < on_date
    if gateway.status is Status.draft:
        yield Step(Status.legal_review, parties)
    elif gateway.status is Status.legal_review:
        yield Step(Status.draft, parties)
        if gateway.legal_review and gateway.legal_review.day <= on_date and not over:
            disclosing = _those(partnership, gateway.from_)
            yield Step(Status.active, tuple(one for one in disclosing if gateway.signed_by(one, on_date)))
    elif gateway.status is Status.active:
        yield Step(Status.revoked, parties)
        if over:
            yield Step(Status.expired, parties)


_MAY_CHANGE = {"status", "signatures", "legal_review", "review_on", "ends"}
_BEGINNING = (Status.draft, Status.legal_review)


def leaps(before: Partnership, after: Partnership, on_date: date) -> tuple[str, ...]:
    """What became of the gateways of a file that no step explains: a status nobody could give, a text that is not the
    one that was reviewed, an end that was put off."""
    known = {gateway.id: gateway for gateway in before.legal_gateways}
    found = ((one.id, _leap(known.get(one.id), one, after, on_date)) for one in after.legal_gateways)
    return tuple(f"{id_}: {leap}" for id_, leap in found if leap)


def _leap(was: LegalGateway | None, now: LegalGateway, partnership: Partnership, on_date: date) -> str | None:
    if was is None:
        return None if now.status in _BEGINNING else f"is new and already {now.status}; it begins as a draft."
    if Status.draft not in (was.status, now.status):
        if was.model_dump(exclude=_MAY_CHANGE) != now.model_dump(exclude=_MAY_CHANGE):
            return "says something else than what went to legal review; only a draft is rewritten."
        if was.ends is not None and (now.ends is None or now.ends > was.ends):
            return "ends later than what went to legal review; only a draft is rewritten."
    reached = {step.to for step in steps(now.model_copy(update={"status": was.status}), partnership, on_date)}
    if now.status not in {was.status, *reached}:
        return f"went from {_said(was.status)} to {_said(now.status)}, which is no step that may be taken."
    return None


def _said(status: Status) -> str:
    return status.replace("_", " ")


def _those(partnership: Partnership, *lists: tuple[str, ...] | Anyone) -> tuple[str, ...]:
    return tuple(agency.id for agency in partnership.agencies if any(agency.is_in(listed) for listed in lists))
