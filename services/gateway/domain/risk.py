"""Risk changes as they lie in the log, and who may have which."""

import re
from dataclasses import dataclass
from typing import Any

import orjson

from shared.contracts.api.gateway import RiskChange
from shared.contracts.envelope import EVENT_TYPE_PREFIX, Event
from shared.contracts.events.linker import Cause, RiskBand, RiskChanged

_RISK_CHANGED = f"{EVENT_TYPE_PREFIX}risk.changed.v1"
_AREA = re.compile(r"[A-Z]{1,2}(\d[A-Z0-9]?)?")


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """One risk change for one audience. `body` is the JSON that every agency of the audience is given."""

    audience: str
    agencies: frozenset[str]
    band: RiskBand
    regimes: frozenset[str]
    area: str
    traceparent: str | None
    body: str
    is_farewell: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at one place of the topic; `event` is None for what this version does not know."""

    partition: int
    offset: int
    event: RiskEvent | None


def decode(value: bytes, agency: str | None = None) -> RiskEvent | None:
    """The risk change in a structured CloudEvent, or None for another type; where it is read for one `agency`, None
    for what that was not told of, too. Raises ValueError if it is neither."""
    said = orjson.loads(value)
    if not isinstance(said, dict):
        raise ValueError("no event")
    if said.get("type") != _RISK_CHANGED or (agency and _is_of_others(said, agency)):
        return None
    event = Event[RiskChanged].model_validate_json(value)
    data = event.data
    return RiskEvent(
        audience=data.audience.id,
        agencies=frozenset(data.audience.agencies),
        band=data.band,
        regimes=frozenset(concern.regime for concern in data.regimes),
        area=data.area or "",
        traceparent=event.traceparent,
        body=own_view(event).model_dump_json(),
        is_farewell=is_farewell(data),
    )


def _is_of_others(said: dict[str, Any], agency: str) -> bool:
    """Whether it says so plainly: what is not as it should be is left to the contract to refuse."""
    try:
        return agency not in said["data"]["audience"]["agencies"]
    except (KeyError, TypeError):
        return False


def own_view(event: Event[RiskChanged]) -> RiskChange:
    """The change without its audience: which others see the same is not the reader's business."""
    data = event.data
    return RiskChange(
        event_id=event.id,
        time=event.time,
        business_id=data.business_id,
        sequence=data.sequence,
        cause=data.cause,
        visible=data.visible,
        area=data.area,
        as_of=data.as_of,
        band=data.band,
        previous_band=data.previous_band,
        score=data.score,
        regimes=data.regimes,
        reasons=tuple(concern.reason for concern in data.regimes),
        traceparent=event.traceparent,
    )


def is_farewell(data: RiskChanged) -> bool:
    """Whether it says that its readers see the business no more, and nothing else of it."""
    return data.cause is not Cause.changed and not data.visible


def may_have(event: RiskEvent, agency: str, view: str) -> bool:
    """Whether `agency` was in the event's audience when it was said and still is, since `view` is the id of its own
    under the rules of today; a farewell is for those who are in it no more."""
    return agency in event.agencies and (event.audience == view or event.is_farewell)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a reader asked for; nothing named means everything. A farewell goes to all, since it does not say what the
    business was."""

    bands: frozenset[RiskBand] = frozenset()
    regimes: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()

    def wants(self, event: RiskEvent) -> bool:
        return event.is_farewell or (
            (not self.bands or event.band in self.bands)
            and (not self.regimes or not self.regimes.isdisjoint(event.regimes))
            and (not self.areas or any(_within(event.area, area) for area in self.areas))
        )


def _within(area: str, asked: str) -> bool:
    """UB1 lies in UB, EC1A in EC1 and in EC; UB10 does not lie in UB1, nor BA1 in B."""
    if not area.startswith(asked):
        return False
    rest = area[len(asked) :]
    return not rest or rest[0].isdigit() != asked[-1].isdigit()


def is_area(text: str) -> bool:
    """An outward postcode (UB1, EC1A) or a postcode area (UB), in capitals."""
    return _AREA.fullmatch(text) is not None
