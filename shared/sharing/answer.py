"""May I share X with Y for Z? The whole answer, out of the rules alone: no record is looked at, so none can be told of.

It speaks of the two agencies only. Which gateways others have with each other is theirs to know (docs/adr/0012).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from shared.contracts.api.sharing import (
    Citation,
    ConditionKind,
    ConditionSaid,
    GrantSaid,
    Helper,
    Hindrance,
    MemorandumSaid,
    NotInForce,
    PossiblePower,
    SharingAnswer,
    SharingQuestion,
    SignatureSaid,
    Verdict,
)
from shared.sharing import wording
from shared.sharing.catalogue import Catalogue, Entry, Kind
from shared.sharing.decide import Grant, covering, decide, granted, is_standing
from shared.sharing.legal_gateway import Agency, Condition, LegalGateway
from shared.sharing.rules import Partnership
from shared.sharing.words import fields_of


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question whose two agencies were found."""

    question: SharingQuestion
    owner: Agency
    viewer: Agency
    day: date
    partnership: Partnership

    @property
    def written(self) -> tuple[LegalGateway, ...]:
        one = self.question
        return covering(one.viewer, one.purpose, one.owner, one.category, self.partnership)

    def obstacles(self, gateway: LegalGateway) -> tuple[str, ...]:
        """Why it does not count, in plain English; nothing where it does."""
        one = self.question
        permitted = self.partnership.permits(gateway, one.owner, one.category, one.purpose, self.day)
        return (*gateway.obstacles(self.owner.id, self.day), *(() if permitted else (wording.HELD_FOR_ENFORCEMENT,)))

    def grant(self, met: Iterable[ConditionKind]) -> Grant | None:
        one = self.question
        return decide(one.viewer, one.purpose, one.owner, one.category, self.day, self.partnership, frozenset(met))

    @property
    def is_standing(self) -> bool:
        one, rules = self.question, self.partnership
        return one.purpose == rules.stream_purpose and is_standing(one.viewer, one.owner, one.category, self.day, rules)


def answer(question: SharingQuestion, today: date, partnership: Partnership, catalogue: Catalogue) -> SharingAnswer:
    """The answer, in sentences and fields. Raises ValueError if an agency or the category is not the partnership's."""
    owner, viewer = partnership.agency(question.owner), partnership.agency(question.viewer)
    if owner is None or viewer is None or question.category not in partnership.every_category:
        raise ValueError("the question is not about this partnership")
    asked = _Asked(question, owner, viewer, question.day or today, partnership)
    now = asked.grant(question.met)
    further = _further(asked, now)
    verdict = Verdict.yes if now else Verdict.yes_if if further else Verdict.no
    refused = verdict is Verdict.no
    given = SharingAnswer(
        verdict=verdict,
        says=(),
        day=asked.day,
        now=_grant_said(now, asked) if now else None,
        standing=asked.is_standing,
        if_met=tuple(_grant_said(grant, asked) for grant in further),
        not_in_force=_not_in_force(asked) if refused else (),
        could_apply=_could_apply(asked, catalogue) if refused else (),
        stands_in_the_way=_stands_in_the_way(asked, catalogue) if refused else (),
        memoranda=_memoranda(asked),
        help=Helper(agency=owner.id, title=owner.title, contact=owner.information_governance),
    )
    return given.model_copy(update={"says": wording.sentences(question, owner, viewer, given)})


def _further(asked: _Asked, now: Grant | None) -> tuple[Grant, ...]:
    """What each gateway in force would add to `now` if its conditions were met: the most first."""
    reached = now.reach if now else frozenset()
    open_ = [one for one in asked.written if not asked.obstacles(one)]
    grants = [grant for one in open_ if not one.asks_first <= set(asked.question.met) and (grant := granted([one]))]
    more = [grant for grant in grants if not grant.reach <= reached]
    return tuple(sorted(more, key=lambda grant: -len(grant.reach)))


def _not_in_force(asked: _Asked) -> tuple[NotInForce, ...]:
    return tuple(
        NotInForce(legal_gateway=one.id, statute=one.statute, section=one.section, why=why)
        for one in asked.written
        if (why := asked.obstacles(one))
    )


def _could_apply(asked: _Asked, catalogue: Catalogue) -> tuple[PossiblePower, ...]:
    """Every power that runs from the one class of agency to the other; those for this purpose and category first."""
    entries = [one for one in catalogue.values() if one.may_become_a_gateway and one.joins(asked.owner, asked.viewer)]
    found = [_possible(entry, asked.question) for entry in entries]
    return tuple(sorted(found, key=lambda one: (-one.fits_purpose - one.fits_category, one.entry)))


def _possible(entry: Entry, question: SharingQuestion) -> PossiblePower:
    return PossiblePower(
        entry=entry.id,
        as_of=entry.as_of,
        statute=entry.statute,
        section=entry.section,
        url=entry.url,
        says=entry.says,
        conditions=_conditions(entry.conditions),
        fits_purpose=entry.fits_purpose(question.purpose),
        fits_category=entry.fits_category(question.category),
        purposes=entry.purposes,
        read=entry.read,
        uncertain=entry.uncertain,
    )


def _stands_in_the_way(asked: _Asked, catalogue: Catalogue) -> tuple[Hindrance, ...]:
    return tuple(
        Hindrance(entry=one.id, statute=one.statute, section=one.section, url=one.url, says=one.says)
        for one in catalogue.values()
        if one.kind is Kind.restriction and one.joins(asked.owner, asked.viewer)
    )


def _memoranda(asked: _Asked) -> tuple[MemorandumSaid, ...]:
    pair = (asked.owner.id, asked.viewer.id)
    return tuple(
        MemorandumSaid(
            id=one.id,
            title=one.title,
            why=one.why,
            how=one.how,
            signed_by_both=one.signed_by(*pair, on_date=asked.day),
            review_on=one.review_on,
        )
        for one in asked.partnership.memoranda
        if one.speaks_of(*pair, asked.question.purpose) and pair[0] != pair[1]
    )


def _grant_said(grant: Grant, asked: _Asked) -> GrantSaid:
    return GrantSaid(
        level=grant.level,
        field_groups=grant.field_groups,
        fields=fields_of(grant.field_groups),
        contact=grant.contact,
        under=tuple(_citation(one, asked) for one in grant.under),
    )


def _citation(gateway: LegalGateway, asked: _Asked) -> Citation:
    """Without its lists: whom else it joins is not told."""
    review, pair = gateway.legal_review, (asked.owner.id, asked.viewer.id)
    assert review is not None, "only what is in force is cited, and what nobody reviewed is not"
    return Citation(
        legal_gateway=gateway.id,
        statute=gateway.statute,
        section=gateway.section,
        url=gateway.url,
        regime=gateway.regime,
        starts=gateway.starts,
        ends=gateway.ends,
        review_on=gateway.review_on,
        conditions=_conditions(gateway.conditions),
        signed=tuple(
            SignatureSaid(agency=one.agency, by=one.by, day=one.day)
            for one in gateway.signatures
            if one.agency in pair and one.day <= asked.day
        ),
        reviewed_by=review.by,
        reviewed_on=review.day,
    )


def _conditions(conditions: Iterable[Condition]) -> tuple[ConditionSaid, ...]:
    return tuple(
        ConditionSaid(kind=one.kind, says=wording.CONDITION[one.kind], source=one.source) for one in conditions
    )
