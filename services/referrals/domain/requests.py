"""The life of a request for information, and what the sharing rules say of it on each day.

Source: seed ¶20 and ¶39; hit or no hit first, then a decision (inventory 19; the Government Agency Intelligence
Network does the same).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median

from shared.contracts.api.referrals.requests import About, AnswerField, ChaseKind, Clock, Kind, Status, Step
from shared.contracts.api.sharing import SharingQuestion
from shared.sharing import REQUESTS, ConditionKind, Grant, Level, Partnership, answer, catalogue, decide


class Side(StrEnum):
    asker = "asker"
    answerer = "answerer"


@dataclass(frozen=True, slots=True)
class Move:
    """A step that one side may take from some states."""

    side: Side
    from_: frozenset[Status]
    to: Status


WAITING = frozenset({Status.sent, Status.hit})
"""For the agency that is asked."""
OPEN = WAITING | {Status.awaiting_authority}
ENDED = frozenset({Status.no_hit, Status.answered, Status.refused})
"""By the hand of the agency that was asked."""
MOVES: Mapping[Step, Move] = {
    Step.authorise: Move(Side.asker, frozenset({Status.awaiting_authority}), Status.sent),
    Step.withdraw: Move(Side.asker, OPEN, Status.withdrawn),
    Step.hit: Move(Side.answerer, frozenset({Status.sent}), Status.hit),
    Step.no_hit: Move(Side.answerer, frozenset({Status.sent}), Status.no_hit),
    Step.answer: Move(Side.answerer, frozenset({Status.hit}), Status.answered),
    Step.refuse: Move(Side.answerer, WAITING, Status.refused),
}


def due_at(status: Status, since: datetime, clock: Clock) -> datetime | None:
    """When the agency that is asked must have taken its next step; `since` is when the request came into its state."""
    allowed = {Status.sent: clock.hit_hours, Status.hit: clock.answer_hours}.get(status)
    return since + timedelta(hours=allowed) if allowed else None


def chases(due: datetime, clock: Clock) -> tuple[tuple[ChaseKind, datetime], ...]:
    """Each chase and its moment, in order."""
    return (ChaseKind.reminder, due - timedelta(hours=clock.remind_hours)), (ChaseKind.escalation, due)


def median_hours(turnarounds: Sequence[timedelta]) -> float:
    """In hours, to a tenth; of at least one."""
    return round(median(one / timedelta(hours=1) for one in turnarounds), 1)


@dataclass(frozen=True, slots=True)
class Asked:
    """Of a request, what the sharing rules look at. Its own two agencies are the only ones they are asked about."""

    asker: str
    answerer: str
    purpose: str
    kind: Kind
    authorised: bool = False
    consented: bool = False

    @property
    def met(self) -> frozenset[ConditionKind]:
        """A request always names one case and why; that it names one premises is its kind's doing."""
        conditions = {
            ConditionKind.case_by_case: True,
            ConditionKind.one_premises_only: self.kind.about is About.premises,
            ConditionKind.authorising_officer: self.authorised,
            ConditionKind.originator_consent: self.consented,
        }
        return frozenset(one for one, is_met in conditions.items() if is_met)

    @property
    def at_most(self) -> "Asked":
        """With all met that people can still see to."""
        return replace(self, authorised=True, consented=True)

    def may_ask(self, day: date, partnership: Partnership) -> Grant | None:
        """The power by which the asker may tell the answerer what it asks, and why."""
        grant = decide(self.answerer, self.purpose, self.asker, REQUESTS, day, partnership, self.met)
        return grant if grant and grant.level is Level.full else None

    def may_answer(self, day: date, partnership: Partnership) -> Grant | None:
        """What the answerer may tell the asker."""
        return decide(self.asker, self.purpose, self.answerer, REQUESTS, day, partnership, self.met)

    def needs_authority(self, day: date, partnership: Partnership) -> bool:
        """Whether an authorising officer must approve it: its kind says so, or a power that gives more does."""
        authorised = replace(self, authorised=True)
        asks = bool(authorised.may_ask(day, partnership)) and not self.may_ask(day, partnership)
        return self.kind.authority or asks or _reach(authorised, day, partnership) > _reach(self, day, partnership)

    def refusal(self, day: date, partnership: Partnership) -> str | None:
        """Why it may not be sent, whatever is seen to: which power is missing, in either direction, and who can help.
        None if it may."""
        best = self.at_most
        asks = None if best.may_ask(day, partnership) else best._says(self.asker, self.answerer, day, partnership)
        answers = None if best.may_answer(day, partnership) else best.not_answerable(day, partnership)
        return " ".join(filter(None, (asks, answers))) or None

    def not_answerable(self, day: date, partnership: Partnership) -> str:
        """Which power or condition is missing for the answerer to tell the asker anything."""
        return self._says(self.answerer, self.asker, day, partnership)

    def _says(self, owner: str, viewer: str, day: date, partnership: Partnership) -> str:
        question = SharingQuestion(
            owner=owner, viewer=viewer, category=REQUESTS, purpose=self.purpose, met=tuple(sorted(self.met))
        )
        return " ".join(answer(question, day, partnership, catalogue()).says)


def _reach(asked: Asked, day: date, partnership: Partnership) -> frozenset[str]:
    grant = asked.may_answer(day, partnership)
    return grant.reach if grant else frozenset()


def open_fields(kind: Kind, grant: Grant) -> tuple[AnswerField, ...]:
    """The fields of the answer that the grant opens; none where it is hit or no hit only."""
    return tuple(field for field in kind.answer if field.group in grant.reach)
