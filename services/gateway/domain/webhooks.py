"""What a webhook's address may be, what its answers mean, and when to try again.

Source: Standard Webhooks 1.0, "Operational considerations".
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import SplitResult, urlsplit

from services.gateway.domain.loopback import is_loopback

SECRET_BYTES = 32
PREFIX = "whsec_"
BOTH_SECRETS = timedelta(hours=24)
"""How long deliveries are signed with the secret before as well."""
GIVEN_UP_AFTER = timedelta(days=5)
LONGEST_HOLD = timedelta(hours=24)
"""However long a receiver asks us to wait."""

_SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
_FIRST_HOLD, _USUAL_HOLD = timedelta(seconds=5), timedelta(hours=1)
_MOST_DOUBLINGS = 12
_GONE = 410
_BUSY = frozenset({429, 502, 503, 504})


class Fate(StrEnum):
    """`refused` is about this one delivery, `away` about the receiver as a whole, `gone` is for ever."""

    delivered = "delivered"
    refused = "refused"
    away = "away"
    gone = "gone"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one attempt. `answered` is a status or a word; `wait` is what the receiver asked for."""

    fate: Fate
    answered: str
    wait: timedelta | None = None


def answered(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """What an answer means. Redirects are refusals: whoever moved registers the new address."""
    if status // 100 == 2:
        return Outcome(Fate.delivered, str(status))
    if status == _GONE:
        return Outcome(Fate.gone, str(status))
    if status in _BUSY:
        return Outcome(Fate.away, str(status), _asked_for(retry_after, now))
    return Outcome(Fate.refused, str(status))


def _asked_for(retry_after: str | None, now: datetime) -> timedelta | None:
    """`Retry-After` in seconds or as a date (RFC 9110, section 10.2.3); None for what is neither."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return min(timedelta(seconds=int(retry_after[:9])), LONGEST_HOLD)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta()), LONGEST_HOLD)


def wait_after_refusal(refusals: int, luck: float) -> timedelta | None:
    """Until the next attempt of a delivery that was refused so often; None after the last, three days on.

    `luck`, from 0 to 1, spreads what would come all at once.
    """
    return _spread(_SCHEDULE[refusals - 1], luck) if refusals <= len(_SCHEDULE) else None


def hold(failures: int, luck: float) -> timedelta:
    """For how long nothing is sent to a receiver that was away at so many attempts in a row."""
    return _spread(min(_FIRST_HOLD * 2 ** min(failures - 1, _MOST_DOUBLINGS), _USUAL_HOLD), luck)


def _spread(wait: timedelta, luck: float) -> timedelta:
    return wait * (0.8 + 0.4 * luck)


def fault_of(url: str, *, allow_loopback: bool) -> str | None:
    """What to change about a webhook's address, as far as the address itself tells; None if it will do."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "Give a URL."
    if not parts.hostname:
        return "Give a URL with a host name."
    if parts.scheme != "https" and not (allow_loopback and _is_local(parts)):
        return "Give an address that begins with https://."
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "Leave out user names, passwords and what follows a #: the signature says who we are."
    return None


def _is_local(parts: SplitResult) -> bool:
    return parts.scheme == "http" and is_loopback(parts.hostname or "")
