"""What one audit entry says: who did what, for which purpose, under which powers, when. Never what was in the answer.

The kinds of processing are those that section 62 of the Data Protection Act 2018 wants logged, and signing in.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from urllib.parse import unquote

import orjson

from services.gateway.domain.routes import Service, service_for
from shared.contracts.identifiers import record_id

_ID = re.compile(r"[a-z]{3}_[a-z0-9]{20,32}")
_DERIVED = (re.compile(rb"biz[_-][a-z2-7]{20}"), re.compile(rb"rec_[a-z2-7]{20}"))  # FollowTheMoney has biz-
_WRITTEN = re.compile(rb"_[0-9a-f]{32}")  # a pattern that begins with one letter is ten times as fast as with a choice
_KINDS = frozenset((b"vis", b"out", b"ope", b"ref", b"rfi", b"san", b"agd"))
_OWN_RECORD = re.compile(r"/v1/feeds/([^/]+)/records/(.+)")
_DERIVED_BYTES, _WRITTEN_BYTES, _KIND_BYTES = 24, 36, 3
ASKED, SHOWN = "asked", "shown"


class Operation(StrEnum):
    collection = "collection"
    alteration = "alteration"
    consultation = "consultation"
    disclosure = "disclosure"
    combination = "combination"
    erasure = "erasure"
    sign_in = "sign_in"


_PAGES = (
    *("/card", "/inbox", "/referrals", "/figures", "/businesses", "/visits", "/plan", "/tasking"),
    *("/review", "/compare", "/decisions", "/findings", "/funnel", "/gaps", "/hubs"),
)
_TOLD_BY_OTHERS = ("/v1/events/", "/v1/collection/", *_PAGES)
_NO_RECORDS = re.compile(r"/v1/(duties(/.*)?|risk-policy|finding-rules|models(/[^/]+)?)")
_POSTS = {
    "/v1/sharing/dry-run": Operation.consultation,
    "/v1/subject-access": Operation.consultation,
    **{f"/v1/duties/{one}/subject-access": Operation.consultation for one in ("ingest", "referrals", "calendar")},
    "/v1/known": Operation.disclosure,
    "/businesses": Operation.disclosure,
    "/card/find": Operation.disclosure,
    "/v1/traits": Operation.consultation,
    "/v1/decisions": Operation.combination,
    "/compare": Operation.combination,
    "/decisions": Operation.combination,
    "/v1/feeds": Operation.collection,
    "/dev/token": Operation.sign_in,
    "/oauth/token": Operation.sign_in,
    "/sign-in": Operation.sign_in,
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One answer, or one piece of a long one. `asked` and `shown` are ids of businesses, records and the like, in the
    request and in the answer; `route` is the template, so that no word of a path or query stands here. `agency` is the
    recipient as well."""

    entry_id: str
    at: str
    operation: Operation
    agency: str
    person: str
    roles: tuple[str, ...]
    purpose: str | None
    legal_gateways: tuple[str, ...]
    method: str
    route: str
    asked: tuple[str, ...]
    shown: tuple[str, ...]
    status: int
    trace_id: str | None
    conditions: tuple[str, ...] = ()
    """Of a single disclosure, as stated to be met: who authorised it, which premises."""

    def canonical(self) -> bytes:
        """The same bytes for the same deed, for ever: JSON with sorted keys and no white space."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    def mentions(self) -> frozenset[tuple[str, str]]:
        """(kind, value) pairs by which the entry is looked up."""
        return frozenset(
            (
                ("agency", self.agency),
                ("person", self.person),
                *(("gateway", gateway) for gateway in self.legal_gateways),
                *((SHOWN, subject) for subject in self.shown),
                *((ASKED, subject) for subject in {*self.asked} - {*self.shown}),
            )
        )


def read(body: bytes) -> Deed:
    """The deed that `canonical` gave. Raises ValueError or TypeError for anything else."""
    fields = orjson.loads(body)
    lists = {name: tuple(fields[name]) for name in ("roles", "legal_gateways", "asked", "shown")}
    lists["conditions"] = tuple(fields.get("conditions", ()))  # entries of before have none
    return Deed(**fields | lists | {"operation": Operation(fields["operation"])})


def operation(method: str, path: str, legal_gateways: Iterable[str]) -> Operation:
    """What kind of processing a request is. A read of what may be others' is a disclosure to the reader's agency."""
    match method:
        case "GET" | "HEAD" if path.startswith("/sign-in/"):
            return Operation.sign_in
        case "GET" | "HEAD":
            return Operation.disclosure if tuple(legal_gateways) else Operation.consultation
        case "DELETE":
            return Operation.erasure
        case "POST":
            covers = (kind for start, kind in _POSTS.items() if path == start or path.startswith(start + "/"))
            return next(covers, Operation.alteration)
    return Operation.alteration


def holds_records(path: str) -> bool:
    """Whether an answer at `path` comes out of records that may be other agencies': those of ingest are the caller's
    own, and some routes of the linker tell of rules only."""
    service = service_for(path)
    told_by_others = service not in (None, Service.ingest) or path.startswith(_TOLD_BY_OTHERS)
    return told_by_others and not _NO_RECORDS.fullmatch(path)


def in_target(path: str, query: str) -> tuple[str, ...]:
    """The ids that a request asks for, of our own making only: a source reference becomes the id of its record."""
    words = [*path.split("/"), *re.split("[&=]", query)]
    found = {word for word in map(unquote, words) if _ID.fullmatch(word)}
    if own := _OWN_RECORD.fullmatch(path):
        found.add(record_id(unquote(own[1]), unquote(own[2])))
    return tuple(sorted(found))


class Finder:
    """Finds the ids of businesses, records and what people wrote in an answer that comes in pieces."""

    def __init__(self) -> None:
        self._tail = b""

    def in_piece(self, piece: bytes) -> tuple[str, ...]:
        """Each once, in order of id; one that began in the piece before is found in the piece that ends it."""
        text = self._tail + piece
        found = {one for pattern in _DERIVED for one in pattern.findall(text, self._first(_DERIVED_BYTES))}
        for one in _WRITTEN.finditer(text, self._first(_WRITTEN_BYTES) + _KIND_BYTES):
            id_ = text[one.start() - _KIND_BYTES : one.end()]
            if id_[:_KIND_BYTES] in _KINDS:
                found.add(id_)
        self._tail = text[-_WRITTEN_BYTES + 1 :]
        return tuple(sorted({match.decode().replace("-", "_") for match in found}))

    def _first(self, size: int) -> int:
        """Where an id of that size begins at the earliest if it was not found in the piece before."""
        return max(0, len(self._tail) - size + 1)
