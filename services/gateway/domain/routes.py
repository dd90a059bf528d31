"""Which service answers which path. Decided on the path as it was sent, so that no decoding can lead elsewhere."""

import re
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote


class Service(StrEnum):
    ingest = "ingest"
    linker = "linker"
    referrals = "referrals"
    calendar = "calendar"


@dataclass(frozen=True, slots=True)
class Route:
    """`prefix` itself and everything below it goes to `service`."""

    prefix: str
    service: Service

    def covers(self, path: str) -> bool:
        return path == self.prefix or path.startswith(self.prefix + "/")


ROUTES = (
    Route("/v1/feeds", Service.ingest),
    Route("/v1/submissions", Service.ingest),
    Route("/v1/coverage", Service.ingest),
    Route("/v1/feed-templates", Service.ingest),
    Route("/v1/duties/ingest", Service.ingest),
    Route("/v1/duties/referrals", Service.referrals),
    Route("/v1/duties/calendar", Service.calendar),
    Route("/v1/duties/linker", Service.linker),
    Route("/v1/businesses", Service.linker),
    Route("/v1/records", Service.linker),
    Route("/v1/decisions", Service.linker),
    Route("/v1/review-queue", Service.linker),
    Route("/v1/statistics", Service.linker),
    Route("/v1/risk-policy", Service.linker),
    Route("/v1/funnel", Service.linker),
    Route("/v1/search", Service.linker),
    Route("/v1/graph", Service.linker),
    Route("/v1/network", Service.linker),
    Route("/v1/traits", Service.linker),
    Route("/v1/findings", Service.linker),
    Route("/v1/finding-rules", Service.linker),
    Route("/v1/gaps", Service.linker),
    Route("/v1/exports", Service.linker),
    Route("/v1/models", Service.linker),
    Route("/v1/known", Service.linker),
    Route("/v1/indicators", Service.referrals),
    Route("/v1/briefings", Service.referrals),
    Route("/v1/cards", Service.referrals),
    Route("/v1/referrals", Service.referrals),
    Route("/v1/referral-figures", Service.referrals),
    Route("/v1/intelligence", Service.referrals),
    Route("/v1/contacts", Service.referrals),
    Route("/v1/requests", Service.referrals),
    Route("/v1/agendas", Service.referrals),
    Route("/v1/visits", Service.calendar),
    Route("/v1/outcomes", Service.calendar),
    Route("/v1/calendar", Service.calendar),
    Route("/v1/powers", Service.calendar),
    Route("/v1/tasking", Service.calendar),
    Route("/v1/operations", Service.calendar),
    Route("/v1/reports", Service.calendar),
)
_GUESS = re.compile(r"/v1/known|/v1/visits/[^/]+/(clashes|confirm)")
_CALENDAR_FEED = re.compile(r"/v1/calendar/ics/[\w-]+\.ics")
_PHOTOS = re.compile(r"/card|/v1/cards/[^/]+/photos/[^/]+")
_FILE_UPLOAD = re.compile(r"/v1/feeds/[^/]+/files")
_PLAIN = re.compile(r"[!-\[\]-~]*")  # visible ASCII without the backslash


class UnsafePath(Exception):
    """The path could mean another path to whoever reads it next."""


def service_for(raw_path: str) -> Service | None:
    """The service that answers `raw_path` (percent-encoded, without query), or None. Raises UnsafePath.

    An encoded slash is a part of its segment (licence numbers hold slashes): it passes below a prefix, never in one.
    """
    decoded = unquote(raw_path)
    if not _PLAIN.fullmatch(raw_path) or "\\" in decoded or not decoded.isprintable():
        raise UnsafePath
    if any(segment in (".", "..") for segment in decoded.split("/")):
        raise UnsafePath
    return next((route.service for route in ROUTES if route.covers(raw_path)), None)


def is_sign_in(raw_path: str) -> bool:
    """Whether it is asked by somebody of whom nothing is known yet."""
    return raw_path.startswith("/oauth/")


def is_calendar_feed(raw_path: str) -> bool:
    """Whether the address itself is the secret, because calendars cannot sign in."""
    return _CALENDAR_FEED.fullmatch(raw_path) is not None


def could_be_a_guess(raw_path: str) -> bool:
    """Whether the answer says yes or no about what the caller does not see: who asks often enough learns all of it."""
    return _GUESS.fullmatch(unquote(raw_path)) is not None


def holds_photos(raw_path: str) -> bool:
    """Whether the body may be a photo, or a form with some."""
    return _PHOTOS.fullmatch(raw_path) is not None


def is_file_upload(raw_path: str) -> bool:
    """Whether the body may be a whole file."""
    return _FILE_UPLOAD.fullmatch(raw_path) is not None
