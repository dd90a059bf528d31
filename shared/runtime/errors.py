"""Errors that a caller is told about. Status and stable code belong to the class; the words never repeat input."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from shared.contracts.problem import FieldProblem, Problem

PROBLEM_TYPE_BASE = "urn:joinedup:problem:"


class AppError(Exception):
    """Base: raised anywhere below the web layer, rendered there as problem+json."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(
        self, detail: str | None = None, errors: Sequence[FieldProblem] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def problem(self, trace_id: str | None = None) -> Problem:
        return Problem(
            type=PROBLEM_TYPE_BASE + self.code,
            title=self.title,
            status=self.status,
            detail=self.detail,
            instance=f"urn:joinedup:trace:{trace_id}" if trace_id else None,
            errors=self.errors,
        )


class Malformed(AppError):
    status, code, title = 400, "malformed", "The request could not be read"


class Unauthenticated(AppError):
    status, code, title = 401, "unauthenticated", "A valid bearer token is needed"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(AppError):
    status, code, title = 403, "forbidden", "Your agency or role may not do this"


class NotFound(AppError):
    status, code, title = 404, "not-found", "There is nothing here that you may see"


class Conflict(AppError):
    status, code, title = 409, "conflict", "This clashes with what is already there"


class Gone(AppError):
    status, code, title = 410, "gone", "What was here is now elsewhere"


class TooLarge(AppError):
    status, code, title = 413, "too-large", "The request is larger than is accepted"


class UnsupportedFormat(AppError):
    status, code, title = 415, "unsupported-format", "This format is not accepted here"


class Invalid(AppError):
    status, code, title = 422, "invalid", "Some fields need attention"


class TooMany(AppError):
    status, code, title = 429, "too-many", "Too many requests"


class BadGateway(AppError):
    status, code, title = 502, "bad-gateway", "A service behind this address answered with nonsense"


class Unavailable(AppError):
    status, code, title = 503, "unavailable", "A part of the system is not answering; try again shortly"


class TooSlow(AppError):
    status, code, title = 504, "too-slow", "A part of the system did not answer in time"
