"""The audit log as its readers see it: who did what, when, for which purpose; never what was in the answer."""

from pydantic import AwareDatetime, Field

from shared.contracts.envelope import Contract


class AuditEntry(Contract):
    """One answer that was given, or refused, to somebody of your agency. Section 62 of the Data Protection Act 2018:
    the justification is `purpose` and `legal_gateways`, the recipient is `agency`."""

    entry_id: str
    at: AwareDatetime
    operation: str = Field(
        description="collection, alteration, consultation, disclosure, combination, erasure or sign_in"
    )
    agency: str
    person: str = Field(description="The subject of the token: a person or a client, as the issuer knows it")
    roles: tuple[str, ...]
    purpose: str | None
    legal_gateways: tuple[str, ...] = Field(
        description="In force for your agency just then, from those whose records are in the answer, if that is known; "
        "what was others' in the answer came under one of them"
    )
    method: str
    route: str = Field(description="e.g. /v1/businesses/{business_id}; unknown if no route answered")
    asked: tuple[str, ...] = Field(description="Ids of businesses, records and the like in the request")
    shown: tuple[str, ...] = Field(description="Ids of businesses and records that the answer is of")
    status: int = Field(description="499 if the caller hung up before the answer")
    trace_id: str | None
    conditions: tuple[str, ...] = Field(
        default=(), description="Of a legal gateway, as the person stated them to be met for this one disclosure"
    )


class AuditPage(Contract):
    """Newest first."""

    entries: tuple[AuditEntry, ...]
    next: str | None = Field(description="Give it back as `cursor` for older entries; null at the end")


class Disclosure(Contract):
    """Somebody of another agency was shown a record of yours. Nothing else of the answer is told: it may have held what
    others disclosed."""

    at: AwareDatetime
    agency: str
    person: str = Field(description="The subject of the token: a person or a client, as the issuer knows it")
    roles: tuple[str, ...]
    purpose: str | None
    legal_gateways: tuple[str, ...] = Field(description="Those from your agency under which it came")


class DisclosurePage(Contract):
    """Newest first."""

    disclosures: tuple[Disclosure, ...]
    next: str | None = Field(description="Give it back as `cursor` for older ones; null at the end")
