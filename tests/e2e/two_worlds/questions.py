"""What beta asks, whatever it was told: every list, filter and address, of what it may see and of what it may not."""

from collections.abc import Iterator, Sequence

from services.linker.domain.model import default_model
from shared.contracts.identifiers import record_id
from tests.e2e.two_worlds import cards
from tests.e2e.two_worlds.planning import PATHS
from tests.e2e.two_worlds.story import H1, H2, HIDDEN, MARK, NEVER, V1, V2, V3, V4, V5, V7, VISIBLE, Step

_MODEL = default_model().version
AGENCIES = ("alpha", "beta", "gamma", "never")
RECORDS = tuple(record_id(*record) for record in (V1, V2, V3, V4, V5, V7, H1, H2, NEVER))
SUBJECTS: tuple[dict[str, object], ...] = (
    {"name": "Station Estates"},
    {"name": MARK},
    {"name": "golden chicken"},
    {"phones": ["02079460999"]},
    {"phones": ["02079460111"]},
    {"numbers": ["v2", "h1"]},
    {"numbers": ["never"]},
    {},
)
RISK_ON = (
    "",
    "?as_of=2026-10-11",
    "?as_of=2026-10-15&regime=regime-alpha-open",
    "?regime=regime-gamma-open",
    "?as_of=x",
)


_ID = "0" * 32
_NEVER_WERE = (
    *("/v1/requests", "/v1/requests/kinds", "/v1/requests/turnaround", f"/v1/requests/rfi_{_ID}", "/v1/agendas"),
    *(f"/v1/agendas/agd_{_ID}", f"/v1/contacts/officers/ofc_{_ID}/handover", "/v1/intelligence/sanitised"),
    *(f"/v1/intelligence/sanitised/san_{_ID}", f"/v1/intelligence/int_{_ID}"),
    *(f"/v1/intelligence/int_{_ID}/source/readings", "/v1/outcomes"),
    *("/v1/calendar/feeds", "/v1/calendar/free-busy", "/v1/calendar/ics/never.ics", "/v1/calendar/reliability"),
    *(f"/v1/visits/vis_{_ID}{rest}" for rest in ("", "/clashes", "/ics", "/near")),
)
"""Of requests, agendas and the calendar, of which nobody in the story makes any use."""
_OWED = ("data-requests", f"data-requests/req_{_ID}", "disposals", "holds")
"""What one service knows of what its agency owes people."""


def everything() -> Iterator[Step]:
    yield from VISIBLE
    for steps in HIDDEN:
        yield from steps


def own_paths() -> Sequence[str]:
    listed = ["band=high", "band=none&band=low", "regime=regime-alpha-open", "regime=regime-gamma-open", "area=W5"]
    listed += [
        "area=W",
        "agency=alpha",
        "agency=gamma",
        "min_agencies=2",
        "min_agencies=3",
        "min_regimes=1",
        "sector=cafe",
    ]
    listed += ["cursor=nonsense", "limit=0"]
    # What beta may see, what only hidden records say, what is near either, and what nobody wrote.
    searched = ["blue", "chicken+shop", "W5+3NU", "02079460999", "460999", "bakery", "barbr", "baker", "razor", "v4"]
    searched += [MARK, MARK[:3], f"{MARK}+shop", "number", "numbr", "blue+bakery+cafe", "h1", "h2", "9", "41", "never"]
    searched += [
        "02079460111",
        "",
        "%25",
        "_",
        "blue&area=W5",
        "blue&sector=cafe",
        "blue&cursor=nonsense",
        "shop&limit=1",
    ]
    feeds = [f"{agency}-{category}" for agency in ("alpha", "beta", "gamma") for category in ("open", "closed")]
    refs = ("v1", "v2", "h1", "h2", "never")
    return (
        *("/", "/healthz", "/readyz", "/v1/me", "/v1/openapi.json", "/v1/coverage", "/v1/feed-templates", "/v1/feeds"),
        "/oauth/revocations",
        *cards.paths(),
        *_NEVER_WERE,
        *PATHS,
        *("/v1/webhooks", f"/v1/webhooks/whk_{'0' * 32}", f"/v1/webhooks/whk_{'0' * 32}/deliveries", "/v1/collection"),
        *(f"/v1/collection/new?{query}" for query in ("limit=500", "test=events", f"cursor=evt_{'0' * 32}")),
        *("/v1/data-requests", "/v1/data-requests/grounds", f"/v1/data-requests/req_{'0' * 32}", "/v1/disposals"),
        "/v1/holds",
        *(f"/v1/duties/{one}/{path}" for one in ("ingest", "referrals", "calendar") for path in _OWED),
        *("/v1/findings", "/v1/finding-rules", "/v1/findings?type=multi_regime", "/v1/findings?area=W&type=network"),
        *(f"/v1/findings/fnd_{'a' * 20}", "/v1/findings?cursor=nonsense", "/v1/network/path"),
        *("/v1/models", f"/v1/models/{_MODEL}", f"/v1/models/{_MODEL}/hubs", "/v1/models/none", "/v1/models/none/hubs"),
        *("/v1/exports/businesses.csv", "/v1/exports/businesses.ftm.json", "/v1/exports/businesses.csv?agency=gamma"),
        *(f"/v1/gaps?known_to={a}&not_to={b}" for a in AGENCIES for b in AGENCIES),
        *("/v1/gaps?known_to=alpha&not_to=beta&not_regime=regime-alpha-open&seen_since=2026-10-05", "/v1/gaps"),
        *(
            "/v1/statistics",
            "/v1/graph",
            "/v1/businesses",
            "/v1/decisions",
            "/v1/review-queue",
            "/v1/submissions",
            "/v1/referrals",
            "/v1/visits",
            "/v1/no",
        ),
        *(f"/v1/businesses?{query}" for query in listed),
        *(f"/v1/search?q={query}" for query in searched),
        *(f"/v1/{path}" for path in ("funnel", "funnel?wide=1&narrow=1&top=3", "funnel?area=W5", "funnel?narrow=1")),
        *(
            f"/v1/{path}"
            for path in ("statistics?area=W5", "statistics?sector=cafe", "risk-policy", "risk-policy?on=x")
        ),
        *(f"/v1/feeds/{feed}{rest}" for feed in (*feeds, "never") for rest in ("", "/versions", "/status")),
        *(f"/v1/feeds/{feed}/records/{ref}" for feed in (*feeds, "never") for ref in refs),
        *(f"/v1/submissions?feed={feed}" for feed in (*feeds, "never")),
        # Of its own records beta may know who else was shown them, whatever else those agencies do.
        *(
            f"/v1/audit/disclosures?feed={feed}&ref={ref}"
            for feed in (*feeds, "never")
            for ref in refs
            if "beta" not in feed
        ),
        *(f"/v1/businesses/biz_{'a' * 20}{rest}" for rest in ("", "/why")),
        *(f"/v1/audit?record={record}" for record in RECORDS),
        *(f"/v1/audit?person=development:{agency}&limit=5" for agency in AGENCIES),
        *("/v1/audit?limit=200", "/v1/audit?gateway=the-one-power", "/v1/audit?cursor=nonsense", "/v1/audit?person="),
        *("/v1/businesses/nonsense", f"/v1/submissions/sub_{'0' * 32}", "/v1/events/risk-changes?after=nonsense"),
    )
