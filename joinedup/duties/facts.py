"""What the documents say, out of the partnership's file, its feeds and the shipped model and policies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from services.calendar.store import duties as calendar
from services.ingest.domain.feed import FeedSpec, RecordMapping
from services.ingest.domain.retention import period
from services.linker.domain.assess import default_policies
from services.linker.domain.model import default_model
from services.linker.domain.relate.rules import default_rules
from services.linker.store import duties as linker
from services.referrals.store import duties as referrals
from shared.contracts.law import Law
from shared.duties.retention import term
from shared.sharing import LegalGateway, Partnership, recipients

_GAP = "**[officer]**"
_TRUTH_KNOWN = "## On sets whose truth is known"

_Line = tuple[str, str, tuple[str, ...]]  # owner, legal gateway, purposes


def facts(partnership: Partnership, feeds: Sequence[FeedSpec], day: date, quality: Path) -> Mapping[str, str]:
    """Every place of the templates and what stands there. `quality` is docs/linking-quality.md, where it is."""
    return {
        "title": partnership.title,
        "day": str(day),
        "agencies": str(len(partnership.agencies)),
        "purpose": partnership.stream_purpose,
        "feeds": _feeds(partnership, feeds, day),
        "recipients": _recipients(partnership, day),
        "not_in_force": _not_in_force(partnership, day),
        "retention": _retention(partnership, feeds, day),
        "written": _written(partnership, day),
        "findings": "\n".join(f"- {rule.title}: {rule.in_words}" for rule in default_rules().rules),
        "errors": _errors(quality.read_text(encoding="utf-8") if quality.exists() else ""),
        **_model(),
        **_policy(day),
    }


def _model() -> dict[str, str]:
    model = default_model()
    policy = model.clustering
    return {
        "model": model.version,
        "model_source": model.source,
        "comparisons": ", ".join(model.weights),
        "threshold": f"{policy.threshold:g}",
        "lower": f"{policy.lower:g}",
        "upper": f"{policy.upper:g}",
    }


def _policy(day: date) -> dict[str, str]:
    policy = default_policies().in_force(day)
    return {
        "policy": policy.version,
        "policy_from": str(policy.in_force_from),
        "policy_status": policy.status,
        "policy_source": policy.source,
        "half_life": f"{policy.half_life:g}",
    }


def _feeds(partnership: Partnership, feeds: Sequence[FeedSpec], day: date) -> str:
    heading = ("feed", "agency", "category", "law", "what it tells of people and how to reach them", "source")
    return table(
        heading,
        (
            (
                one.id,
                one.agency,
                one.category,
                partnership.law_of(one.agency, one.category, day),
                ", ".join(_personal(one.mapping)) or "nothing",
                _source(one),
            )
            for one in feeds
        ),
    )


def _personal(mapping: RecordMapping) -> Iterable[str]:
    """What the mapping reads that may identify a person."""
    found = {
        "names of the business": mapping.names or mapping.address.name_first,
        "people by name": mapping.people,
        "dates of birth": any(person.date_of_birth for person in mapping.people),
        "address": mapping.address.lines or mapping.address.text or mapping.address.postcode,
        "telephones": mapping.phones,
        "e-mail": mapping.emails,
        "licence numbers": mapping.licence_numbers,
    }
    return (words for words, is_read in found.items() if is_read)


def _source(spec: FeedSpec) -> str:
    return str(spec.source.url or spec.source.notes or _GAP)


def _recipients(partnership: Partnership, day: date) -> str:
    """A line for each agency that discloses under each gateway for the same purposes."""
    categories: defaultdict[_Line, set[str]] = defaultdict(set)
    agencies: defaultdict[_Line, set[str]] = defaultdict(set)
    for owner in partnership.agencies:
        for category in partnership.every_category:
            for one in recipients(owner.id, category, day, partnership):
                line = owner.id, one.gateway.id, one.purposes
                categories[line].add(category)
                agencies[line].add(one.agency)
    gateways = {gateway.id: gateway for gateway in partnership.legal_gateways}
    heading = ("records of", "categories", "to", "how much", "for", "under", "conditions before each disclosure")
    rows = [
        (owner, _listed(categories[line]), _listed(agencies[line]), *_power(gateways[gateway], purposes))
        for line in sorted(categories)
        for owner, gateway, purposes in [line]
    ]
    return table(heading, rows) if rows else "Nobody receives anything."


def _power(gateway: LegalGateway, purposes: tuple[str, ...]) -> tuple[str, ...]:
    """How much, for what, under what, with which conditions."""
    groups = f" ({_listed(gateway.field_groups)})" if gateway.field_groups else ""
    under = f"{gateway.statute} {gateway.section} (`{gateway.id}`)"
    return f"{gateway.grant}{groups}", _listed(purposes), under, _listed(gateway.asks_first) or "none"


def _not_in_force(partnership: Partnership, day: date) -> str:
    found = [
        f"- `{gateway.id}` for {owner.id}: {' '.join(why)}"
        for gateway in partnership.legal_gateways
        for owner in partnership.agencies
        if owner.is_in(gateway.from_) and (why := gateway.obstacles(owner.id, day))
    ]
    return "\n".join(found) or "None."


def _retention(partnership: Partnership, feeds: Sequence[FeedSpec], day: date) -> str:
    heading = ("feed", "category", "days since last sent", "whose rule", "source", "to be reviewed on")
    periods = [(one, period(one, partnership, day)) for one in feeds]
    return table(
        heading,
        (
            (one.id, one.category, str(kept.days), kept.rule, kept.source or _GAP, str(kept.review_on or _GAP))
            for one, kept in periods
        ),
    )


def _written(partnership: Partnership, day: date) -> str:
    heading = ("what people write", "shared as", "law", "days since last touched", "whose rule", "source", "review")
    kinds = [kind for found in (referrals.KINDS, calendar.KINDS, linker.KINDS) for kind in found.values()]
    return table(
        heading,
        (
            (
                kind.name.replace("_", " "),
                kind.category,
                _law(partnership, kind.category, day),
                str((kept := term(kind, partnership, day)).days),
                kept.rule,
                kept.source,
                str(kept.review_on or "legal review needed"),
            )
            for kind in kinds
        ),
    )


def _law(partnership: Partnership, category: str, day: date) -> str:
    """That of what most agencies write, and of which agencies it is the other."""
    laws = {agency.id: partnership.law_of(agency.id, category, day) for agency in partnership.agencies}
    enforcing = [agency for agency, law in laws.items() if law is Law.part_3]
    return f"{Law.part_3} for {_listed(enforcing)}, else {Law.uk_gdpr}" if enforcing else Law.uk_gdpr


def _errors(page: str) -> str:
    """The first table of the page on sets whose truth is known, with its command and what it says of them."""
    section = page.partition(_TRUTH_KNOWN)[2].partition("\nOthers on the same records")[0]
    return section.strip("\n") or _GAP


def _listed(values: Iterable[str]) -> str:
    return ", ".join(sorted(values))


def table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown."""
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
