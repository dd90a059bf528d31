"""Removing entries of the audit log whose term has ended: all up to an anchor, and a signed statement says so."""

from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.gateway.domain.chain import Removal, signed_removal
from services.gateway.store import audit
from shared.runtime.clock import utc_now
from shared.runtime.session import Session


def remove_older(session: Session, years: int, key: Ed25519PrivateKey) -> Removal | None:
    """Remove what was anchored more than `years` ago; None if there is nothing."""
    audit.take_turn(session)
    now = utc_now()
    seq = audit.anchored_before(session, _years_before(now.date(), years).isoformat())
    if seq is None:
        return None
    made = signed_removal(key, seq, now.isoformat())
    audit.remove(session, made)
    return made


def _years_before(day: date, years: int) -> date:
    """The last day of February stands for the 29th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
