"""A partnership and its legal gateways: dated data that an officer can read and change, never code.

Source: design, "Sharing"; seed ¶17–20 and Box 2 (Cornwall: overlaps found and none could be shared).
"""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date

import yaml
from pydantic import Field, TypeAdapter, ValidationError, model_validator

from shared.contracts.envelope import Contract
from shared.contracts.law import Law
from shared.contracts.problem import FieldProblem
from shared.sharing.catalogue import catalogue
from shared.sharing.legal_gateway import Agency, LegalGateway, Signature
from shared.sharing.memorandum import Memorandum
from shared.sharing.processing import LawEnforcement, RetentionRule
from shared.sharing.words import Slug, agency_classes, named

DECISIONS = "decisions"
CARDS = "concern-cards"
OUTCOMES = "visit-outcomes"
VISITS = "visits"
REQUESTS = "requests"
NOTED = (CARDS, OUTCOMES)
"""What an agency's people note here and becomes records of theirs."""
OF_PEOPLE = (DECISIONS, *NOTED, VISITS, REQUESTS)
"""The categories of what an agency's people do here: every agency has them, no feed that it declares does."""


class AuditTerm(Contract):
    """How long entries of the audit log are kept, from a day on."""

    starts: date
    years: int = Field(ge=1, le=100)


class Partnership(Contract):
    """The agencies, the categories of data they hold, and the powers under which they may share them."""

    id: Slug
    title: str
    agencies: tuple[Agency, ...] = Field(min_length=1)
    categories: tuple[Slug, ...] = Field(min_length=1)
    stream_purpose: Slug = Field(description="The purpose for which dashboards and streams are read")
    legal_gateways: tuple[LegalGateway, ...] = ()
    memoranda: tuple[Memorandum, ...] = ()
    audit_terms: tuple[AuditTerm, ...] = ()
    retention: tuple[RetentionRule, ...] = ()
    law_enforcement: tuple[LawEnforcement, ...] = ()

    def law_of(self, owner: str, category: str, day: date) -> Law:
        """Under which law the agency processes its records of the category that day. It is said here and nowhere
        else: one agency's records of a category are under one law."""
        return Law.part_3 if self._enforcing(owner, category, day) else Law.uk_gdpr

    def permits(self, gateway: LegalGateway, owner: str, category: str, purpose: str, day: date) -> bool:
        """Whether the law that the agency processes its records of the category under lets them go under the gateway
        for the purpose: Data Protection Act 2018, section 36(4)."""
        rules = self._enforcing(owner, category, day)
        return not rules or gateway.beyond_part_3 is not None or any(purpose in rule.purposes for rule in rules)

    def _enforcing(self, owner: str, category: str, day: date) -> list[LawEnforcement]:
        agency = self.agency(owner)
        return [one for one in self.law_enforcement if agency and one.is_of(agency, category) and one.counts_on(day)]

    def retention_of(self, category: str, day: date) -> RetentionRule | None:
        """The shortest rule for the category that counts that day."""
        rules = [rule for rule in self.retention if rule.category == category and rule.counts_on(day)]
        return min(rules, key=lambda rule: rule.longest_days, default=None)

    def agency(self, id_: str) -> Agency | None:
        return next((agency for agency in self.agencies if agency.id == id_), None)

    def feed_owner(self, feed: str) -> str | None:
        """The agency that a feed of this id can be of, whether or not there is one: so that to ask for it tells nothing
        of what others have."""
        named = max(self.agencies, key=lambda agency: agency.names_feed(feed))
        return named.id if named.names_feed(feed) else None

    def audit_years(self, on_date: date) -> int | None:
        """Under the newest term that has begun; None keeps the audit log for ever."""
        begun = [term for term in self.audit_terms if term.starts <= on_date]
        return max(begun, key=lambda term: term.starts).years if begun else None

    @property
    def every_category(self) -> tuple[str, ...]:
        """Those of the feeds, and of what people do here."""
        return (*self.categories, *OF_PEOPLE)

    @property
    def graph_categories(self) -> tuple[str, ...]:
        """Those of what the linker holds."""
        return (*self.categories, DECISIONS, *NOTED)

    @model_validator(mode="after")
    def _agencies_are_who_they_say(self) -> "Partnership":
        for kind in (self.agencies, self.legal_gateways, self.memoranda):
            _once(one.id for one in kind)
        _once(beginning for agency in self.agencies for beginning in (agency.id, *agency.feeds))
        for agency in self.agencies:
            if agency.id in agency_classes():
                raise ValueError(f"agency {agency.id} is called as a class of agencies is; call it by its own name")
            if not set(agency.classes) <= agency_classes().keys():
                raise ValueError(f"agency {agency.id} has a class that there is not: {', '.join(agency_classes())}")
        return self

    @model_validator(mode="after")
    def _speaks_only_of_its_own(self) -> "Partnership":
        members = {agency.id for agency in self.agencies}
        for category in OF_PEOPLE:
            if category in self.categories:
                raise ValueError(f"{category} is a category of every partnership; leave it out of the list")
        for gateway in self.legal_gateways:
            if not gateway.named_parties <= members | agency_classes().keys():
                raise ValueError(f"legal gateway {gateway.id} names an agency that is not in the partnership")
            if not set(named(gateway.categories)) <= set(self.every_category):
                raise ValueError(f"legal gateway {gateway.id} names a category that the partnership does not list")
            _signed_by(members, gateway.id, gateway.signatures)
            _from_a_power(gateway)
        ruled = {rule.category for rule in self.retention}.union(*(rule.categories for rule in self.law_enforcement))
        if not ruled <= set(self.every_category):
            raise ValueError("retention or law_enforcement names a category that the partnership does not list")
        competent = {named for rule in self.law_enforcement for named in rule.agencies}
        if not competent <= members | agency_classes().keys():
            raise ValueError("law_enforcement names an agency that is not in the partnership, nor a class of agencies")
        for memorandum in self.memoranda:
            if not set(memorandum.parties) <= members:
                raise ValueError(f"memorandum {memorandum.id} names an agency that is not in the partnership")
            _signed_by(members, memorandum.id, memorandum.signatures)
        return self


def _once(ids: Iterable[str]) -> None:
    twice = [id_ for id_, times in Counter(ids).items() if times > 1]
    if twice:
        raise ValueError(f"{twice[0]} stands there twice; give each its own id")


def _signed_by(members: AbstractSet[str], document: str, signatures: Iterable[Signature]) -> None:
    if not {signature.agency for signature in signatures} <= members:
        raise ValueError(f"{document} is signed by an agency that is not in the partnership")


def _from_a_power(gateway: LegalGateway) -> None:
    """What the catalogue knows to be no power cannot be made one by a signature."""
    if gateway.catalogue is None:
        return
    entry = catalogue().get(gateway.catalogue)
    if entry is None:
        raise ValueError(f"legal gateway {gateway.id} names an entry that the catalogue has not")
    if not entry.may_become_a_gateway:
        raise ValueError(f"legal gateway {gateway.id}: {entry.statute} {entry.section} is no power to share")


class RulesUnreadable(Exception):
    """The file is not a partnership; `errors` say where and why."""

    def __init__(self, errors: tuple[FieldProblem, ...]) -> None:
        super().__init__("; ".join(f"{error.field}: {error.remedy}" for error in errors))
        self.errors = errors


def load_partnership(text: str) -> Partnership:
    """A partnership from its YAML; raises RulesUnreadable, so that a service with faulty rules never starts."""
    try:
        return TypeAdapter(Partnership).validate_python(yaml.load(text, yaml.CSafeLoader))
    except ValidationError as error:
        raise RulesUnreadable(
            tuple(_fault(fault["loc"], fault["type"], fault["msg"]) for fault in error.errors())
        ) from error
    except yaml.YAMLError as error:
        raise RulesUnreadable((FieldProblem(field="partnership", code="yaml", remedy="Mend the YAML."),)) from error


def _fault(location: tuple[int | str, ...], code: str, remedy: str) -> FieldProblem:
    return FieldProblem(field=".".join(map(str, location)) or "partnership", code=code, remedy=remedy)
