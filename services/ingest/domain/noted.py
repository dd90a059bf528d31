"""The feeds that nobody declares: what an agency's own people note in referrals and the calendar, by regime.

Source: design, "Services": outcomes and cards flow back as records of their agency.
"""

from services.ingest.domain.feed import FeedSpec, Mode, NdjsonFormat, RecordMapping
from shared.contracts.identifiers import noted_feed_id

TITLES = {"concern-cards": "Concern cards", "visit-outcomes": "Outcomes of visits"}
"""By category of data."""
_KEPT_DAYS = 2 * 365
_NEVER_SILENT_HOURS = 87840


def noted_feed(agency: str, category: str, regime: str) -> FeedSpec:
    """The specification of the feed that holds what the agency's people noted. Its mapping is never used."""
    return FeedSpec(
        id=noted_feed_id(category, agency, regime),
        title=f"{TITLES[category]}: {regime}",
        agency=agency,
        regime=regime,
        category=category,
        format=NdjsonFormat(kind="ndjson"),
        mode=Mode.delta,
        mapping=RecordMapping(source_ref="content"),
        retention_days=_KEPT_DAYS,
        retention_source="Two years, unless the partnership has a rule for the category. Legal review needed.",
        expected_every_hours=_NEVER_SILENT_HOURS,
    )


def is_noted_feed(feed_id: str) -> bool:
    """Whether the id is of such a feed: no agency may declare or send to it."""
    return feed_id.startswith(tuple(f"{category}-" for category in TITLES))
