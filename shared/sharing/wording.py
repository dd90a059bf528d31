"""The answer to a question about sharing, as an officer reads it."""

from collections.abc import Iterable, Iterator

from shared.contracts.api.sharing import (
    Citation,
    ConditionKind,
    ConditionSaid,
    GrantSaid,
    Level,
    PossiblePower,
    SharingAnswer,
    SharingQuestion,
    Verdict,
)
from shared.sharing.legal_gateway import Agency
from shared.sharing.words import field_groups

CONDITION = {
    ConditionKind.case_by_case: "Decide on this one case, and write down why it is necessary and proportionate.",
    ConditionKind.authorising_officer: "Have an authorising officer approve it first.",
    ConditionKind.one_premises_only: "Ask about one named premises only.",
    ConditionKind.no_onward_sharing: "Do not pass it on, or use it for anything else, without the owner's consent.",
    ConditionKind.originator_consent: "Have the consent of the agency that the information came from.",
}
HELD_FOR_ENFORCEMENT = (
    "The records are held for law enforcement (Data Protection Act 2018, Part 3) and the purpose is another: "
    "it would have to name the law that authorises this (section 36(4))."
)
RULES_ALONE = "This answer comes from the sharing rules alone: it does not say whether there is anything to share."


def sentences(question: SharingQuestion, owner: Agency, viewer: Agency, given: SharingAnswer) -> tuple[str, ...]:
    """The verdict first, then its grounds, then whom to ask."""
    return tuple(_sentences(question, owner, viewer, given))


def _sentences(question: SharingQuestion, owner: Agency, viewer: Agency, given: SharingAnswer) -> Iterator[str]:
    if owner == viewer:
        yield f"Yes. These are {owner.title}'s own records."
        return
    what = f"{owner.title}'s {question.category} records for {question.purpose}"
    if given.now:
        yield f"Yes. {viewer.title} may {_have(given.now, what)}."
        yield from _grounds(given.now)
        yield _how_it_is_had(given)
    for option in given.if_met:
        yield f"Yes, if the conditions below are met: {viewer.title} may then {_have(option, what)}."
        yield from _grounds(option)
    if given.verdict is Verdict.no:
        yield f"No. No legal gateway in force on {given.day} lets {viewer.title} have {what}."
        yield from _missing(given)
    for memorandum in given.memoranda:
        signed = "signed by both" if memorandum.signed_by_both else "not signed by both"
        yield f"There is a memorandum on how to share: {memorandum.title} ({signed}). It is not itself a power."
    yield _who_helps(owner)
    yield RULES_ALONE


def _have(grant: GrantSaid, what: str) -> str:
    if grant.level is Level.full:
        return f"have {what}, in full"
    if grant.level is Level.known:
        return f"be told whether a business is in {what} (hit or no hit), and whom to speak to: {grant.contact}"
    titles = "; ".join(field_groups()[group].title for group in grant.field_groups)
    return f"have only these parts of {what}: {titles}"


def _grounds(grant: GrantSaid) -> Iterator[str]:
    for citation in grant.under:
        yield f"The power is the {citation.statute}, {citation.section}{_until(citation)}."
        yield from _asks(citation.conditions)


def _until(citation: Citation) -> str:
    return f", until {citation.ends}" if citation.ends else ""


def _asks(conditions: Iterable[ConditionSaid]) -> Iterator[str]:
    for condition in conditions:
        yield f"Condition: {condition.says} ({condition.source})"


def _how_it_is_had(given: SharingAnswer) -> str:
    if given.standing:
        return "Dashboards, search and streams show it without being asked each time."
    return "It is for single requests; dashboards, search and streams do not show it."


def _missing(given: SharingAnswer) -> Iterator[str]:
    for pending in given.not_in_force:
        yield f"One is written but does not count ({pending.statute}, {pending.section}): {' '.join(pending.why)}"
    for hindrance in given.stands_in_the_way:
        yield f"In the way may stand the {hindrance.statute}, {hindrance.section}: {hindrance.says}"
    if given.could_apply:
        yield "A power is missing. These might be one, once they are reviewed by a lawyer, dated and signed:"
        yield from map(_might, given.could_apply)
    else:
        yield "A power is missing, and the catalogue knows none that runs in this direction between such agencies."


def _might(power: PossiblePower) -> str:
    doubts = [
        "" if power.fits_purpose else f"it is for {' or '.join(power.purposes)}, not for what you ask",
        "" if power.fits_category else "it is about other categories of records",
    ]
    said = " and ".join(filter(None, doubts))
    return f"{power.statute}, {power.section}" + (f" (but {said})." if said else ".")


def _who_helps(owner: Agency) -> str:
    if owner.information_governance:
        return f"{owner.title}'s information governance can help: {owner.information_governance}."
    return f"{owner.title} has named no information-governance contact; ask it to name one in the partnership file."
