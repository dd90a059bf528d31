"""What a partnership's file allows and what it does not, and what in it wants looking at: for an information-governance
officer, before anybody is bound by it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product

from shared.sharing.catalogue import Catalogue, Entry, Kind
from shared.sharing.decide import Grant, covering, decide
from shared.sharing.legal_gateway import Agency, LegalGateway, Status
from shared.sharing.memorandum import Memorandum
from shared.sharing.processing import Dated
from shared.sharing.rules import Partnership
from shared.sharing.words import names

SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be had standing, and the gateways in force under which more may be asked for in a single case."""

    grant: Grant | None
    on_request: tuple[LegalGateway, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Of the records of `owner` in these categories, each of these viewers has the same."""

    owner: str
    viewers: tuple[str, ...]
    categories: tuple[str, ...]
    outcome: Outcome


def purposes(partnership: Partnership) -> tuple[str, ...]:
    """Every purpose that the file speaks of; that of the streams first."""
    named = {purpose for gateway in partnership.legal_gateways for purpose in gateway.purposes}
    return (partnership.stream_purpose, *sorted(named - {partnership.stream_purpose}))


def matrix(partnership: Partnership, purpose: str, on_date: date) -> tuple[Line, ...]:
    """Agency by agency by category: every pair is in it, those with nothing too. What is the same is one line."""
    viewers: dict[tuple[str, tuple[str, ...], Outcome], list[str]] = {}
    for owner in partnership.agencies:
        for viewer in partnership.agencies:
            if viewer != owner:
                for outcome, categories in _by_outcome(viewer, owner, purpose, on_date, partnership).items():
                    viewers.setdefault((owner.id, tuple(categories), outcome), []).append(viewer.id)
    return tuple(Line(owner, tuple(who), what, outcome) for (owner, what, outcome), who in viewers.items())


def _by_outcome(
    viewer: Agency, owner: Agency, purpose: str, on_date: date, partnership: Partnership
) -> dict[Outcome, list[str]]:
    found: dict[Outcome, list[str]] = {}
    for category in partnership.every_category:
        grant = decide(viewer.id, purpose, owner.id, category, on_date, partnership)
        written = covering(viewer.id, purpose, owner.id, category, partnership)
        lawful = [one for one in written if partnership.permits(one, owner.id, category, purpose, on_date)]
        asking = tuple(one for one in lawful if one.asks_first and one.in_force(owner.id, on_date))
        found.setdefault(Outcome(grant, asking), []).append(category)
    return found


def warnings(partnership: Partnership, on_date: date, catalogue: Catalogue) -> tuple[str, ...]:
    """What an officer should look at, in the order of the file."""
    return tuple(_warnings(partnership, on_date, catalogue))


def _warnings(partnership: Partnership, on_date: date, catalogue: Catalogue) -> Iterator[str]:
    for agency in partnership.agencies:
        if agency.information_governance is None:
            yield f"{agency.id}: names no information-governance contact, so that a refusal cannot say who helps."
    for gateway in partnership.legal_gateways:
        if gateway.status in (Status.expired, Status.revoked):
            continue
        said = (
            *_ending(gateway, on_date),
            *_held_for_enforcement(gateway, partnership, on_date),
            *_unlike_the_law(gateway, partnership, catalogue),
        )
        yield from (f"{gateway.id}: {sentence}" for sentence in said)
    for memorandum in partnership.memoranda:
        yield from (f"{memorandum.id}: {sentence}" for sentence in _of_memorandum(memorandum, on_date))
    for kept in partnership.retention:
        yield from (f"retention of {kept.category}: {sentence}" for sentence in _of_rule(kept, on_date))
    for enforcing in partnership.law_enforcement:
        named = f"law enforcement, {', '.join((*enforcing.agencies, *enforcing.categories))}"
        yield from (f"{named}: {sentence}" for sentence in _of_rule(enforcing, on_date))


def _of_rule(rule: Dated, on_date: date) -> Iterator[str]:
    """Of one that counts or will."""
    if rule.ends and rule.ends < on_date:
        return
    if rule.legal_review is None:
        yield "legal review needed."
    yield from _review(rule.review_on, on_date)


def _ending(gateway: LegalGateway, on_date: date) -> Iterator[str]:
    if gateway.ends and gateway.ends < on_date:
        yield f"ended on {gateway.ends} and is not marked as expired."
    elif gateway.ends and gateway.ends <= on_date + SOON:
        yield f"ends on {gateway.ends}; what flows under it stops the day after."
    yield from _review(gateway.review_on, on_date)


def _review(review_on: date | None, on_date: date) -> Iterator[str]:
    if review_on and review_on <= on_date:
        yield f"its review was due on {review_on}."
    elif review_on and review_on <= on_date + SOON:
        yield f"its review is due on {review_on}."


def _held_for_enforcement(gateway: LegalGateway, partnership: Partnership, on_date: date) -> Iterator[str]:
    """What it is written for and does not give, because of the law that the records are processed under."""
    owners = [agency.id for agency in partnership.agencies if agency.is_in(gateway.from_)]
    categories = [one for one in partnership.every_category if names(gateway.categories, one)]
    for purpose, owner in product(gateway.purposes, owners):
        barred = [one for one in categories if not partnership.permits(gateway, owner, one, purpose, on_date)]
        if barred:
            yield (
                f"for {purpose} it gives nothing of {owner}'s {', '.join(barred)}, held for law enforcement: "
                "beyond_part_3 would have to name the law that authorises it (Data Protection Act 2018, section 36(4))."
            )


def _unlike_the_law(gateway: LegalGateway, partnership: Partnership, catalogue: Catalogue) -> Iterator[str]:
    """Where it says other than the catalogue's entry that it was made from, or was made from none."""
    pairs = _pairs(gateway, partnership)
    if gateway.catalogue is None:
        yield from _restricted(pairs, catalogue)
        return
    entry = catalogue[gateway.catalogue]
    beside = [f"{owner.id} to {viewer.id}" for owner, viewer in pairs if not entry.joins(owner, viewer)]
    if beside:
        yield f"the catalogue's entry does not run from {', '.join(beside)}."
    yield from _dropped(gateway, entry)


def _pairs(gateway: LegalGateway, partnership: Partnership) -> list[tuple[Agency, Agency]]:
    members = partnership.agencies
    return [(a, b) for a in members for b in members if a != b and gateway.joins(a, b)]


def _restricted(pairs: list[tuple[Agency, Agency]], catalogue: Catalogue) -> Iterator[str]:
    owners = {owner.id: owner for owner, _ in pairs}
    for entry in catalogue.values():
        under = [id_ for id_, owner in owners.items() if entry.kind is Kind.restriction and entry.is_from(owner)]
        if under:
            yield f"the {entry.statute}, {entry.section}, restricts {', '.join(under)}; see that this power lifts it."


def _dropped(gateway: LegalGateway, entry: Entry) -> Iterator[str]:
    asked = {condition.kind for condition in entry.conditions} - {condition.kind for condition in gateway.conditions}
    if asked:
        yield f"leaves out what the catalogue's entry asks for: {', '.join(sorted(asked)).replace('_', ' ')}."
    other = set(gateway.purposes) - set(entry.purposes)
    if other:
        yield f"is for {', '.join(sorted(other))}, which is no purpose of the catalogue's entry."


def _of_memorandum(memorandum: Memorandum, on_date: date) -> Iterator[str]:
    yield from _review(memorandum.review_on, on_date)
    unsigned = [party for party in memorandum.parties if not memorandum.signed_by(party, on_date=on_date)]
    if unsigned:
        yield f"is not signed by {', '.join(unsigned)}."
