"""What referrals says: of ids and steps, never a word of a card nor a person.

A referral is told to two agencies: `from_agency`, whose card it is (its owner, in the words of the sharing rules), and
`to_agency`. Whoever passes an event on to `to_agency` asks the sharing rules first, with the conditions in `met`.
"""

from pydantic import AwareDatetime, Field

from shared.contracts.api.referrals.life import Feedback, State
from shared.contracts.api.referrals.requests import Status
from shared.contracts.api.sharing import ConditionKind
from shared.contracts.envelope import EventData
from shared.contracts.events.noted import Noted, WrittenDisposed

CARD_RECORDS_TOPIC = "referrals.records"
CARDS_TOPIC = "referrals.cards"
REFERRALS_TOPIC = "referrals.referrals"
REQUESTS_TOPIC = "referrals.requests"


class CardRecorded(Noted):
    """uk.joinedup.card.recorded.v1: a referral of a concern card was accepted."""


class CardFiled(EventData):
    """uk.joinedup.card.filed.v1: of interest to the officer's own agency alone."""

    card_id: str
    agency: str
    referrals: tuple[str, ...]


class ReferralData(EventData):
    referral_id: str
    card_id: str
    from_agency: str
    to_agency: str
    purpose: str = Field(description="For which it was sent")
    met: tuple[ConditionKind, ...] = Field(description="Conditions of a legal gateway that were met for it")
    state: State


class ReferralReceived(ReferralData):
    """uk.joinedup.referral.received.v1: its clock starts at `starts_at`, later where the role takes it in later."""

    regime: str | None
    starts_at: AwareDatetime
    due_at: AwareDatetime


class ReferralTaken(ReferralData):
    """uk.joinedup.referral.taken.v1: the receiving agency took a step."""

    due_at: AwareDatetime | None


class ReferralOverdue(ReferralData):
    """uk.joinedup.referral.overdue.v1: `level` 0 reminds before it is due; from 1 on it is late, and is escalated."""

    due_at: AwareDatetime
    level: int = Field(ge=0)


class ReferralWithdrawn(ReferralData):
    """uk.joinedup.referral.withdrawn.v1: no power lets the receiving agency have it any more, and its clock stands
    still. Where one does again, it is received again."""


class ReferralClosed(ReferralData):
    """uk.joinedup.referral.closed.v1: with the feedback that closed it."""

    feedback: Feedback


class ReferralAmended(ReferralData):
    """uk.joinedup.referral.amended.v1: what its card, or the feedback to it, says was put right or erased.

    Whoever keeps a copy reads it again and does the same (UK GDPR article 19; Data Protection Act 2018, s48(9)).
    """

    erased: bool


class NotesDisposed(WrittenDisposed):
    """uk.joinedup.notes.disposed.v1: of what referrals keeps; of interest to the agency alone."""


class FeedbackGiven(EventData):
    """uk.joinedup.feedback.given.v1: something to tell the officer; `late` where it comes after the referral closed."""

    referral_id: str
    card_id: str
    from_agency: str
    to_agency: str
    by_agency: str = Field(description="Who tells it")
    feedback: Feedback | None = Field(description="None where it is what a visit came to")
    late: bool


class RequestData(EventData):
    """Told to two agencies, as a referral is: `from_agency`, its owner, asks; `to_agency` is asked. Never what."""

    request_id: str
    kind: str
    from_agency: str
    to_agency: str
    purpose: str = Field(description="For which it was made")
    met: tuple[ConditionKind, ...] = Field(description="Conditions of a legal gateway that were met for it")
    status: Status


class RequestMade(RequestData):
    """uk.joinedup.request.made.v1: it was sent, authorised where it had to be."""

    due_at: AwareDatetime


class RequestMoved(RequestData):
    """uk.joinedup.request.moved.v1: hit or no hit, answered, refused or withdrawn."""

    due_at: AwareDatetime | None = Field(description="Of the answer, after a hit")


class RequestOverdue(RequestData):
    """uk.joinedup.request.overdue.v1: `level` 0 reminds before it is due; 1 says that it is late."""

    due_at: AwareDatetime
    level: int = Field(ge=0)
