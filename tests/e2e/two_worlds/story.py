"""What happens in both worlds, and what happens besides in the one that hides something from beta."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from services.linker.domain.decide import Verdict, decide
from shared.contracts.identifiers import business_id, record_id

VIEWER = "beta"
MARK = "Zzyzx"  # begins every name that beta must never read

PARTNERSHIP = """
id: two-worlds
title: Two worlds
agencies: [{id: alpha, title: Alpha}, {id: beta, title: Beta}, {id: gamma, title: Gamma}]
categories: [open, closed]
stream_purpose: joint-compliance
legal_gateways:
""" + "".join(
    f"  - {{id: {id_}, from: [{owner}], to: [{viewer}], categories: [{category}], purposes: [{purpose}],\n"
    f"     grant: {grant}, statute: none, section: '1', starts: {starts}, status: {status}{more},\n"
    f"     legal_review: {{by: a lawyer, day: 2020-01-01}},\n"
    f"     signatures: [{{agency: {owner}, by: its head, day: 2020-01-01}}]}}\n"
    for id_, owner, viewer, category, purpose, grant, starts, status, more in (
        ("the-one-power", "alpha", "beta", "open, decisions", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("cards", "alpha", "beta", "concern-cards", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("more-cards", "alpha", "gamma", "concern-cards", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("to-gamma", "alpha", "gamma", "open, closed", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("draft", "gamma", "beta", "open, closed", "joint-compliance", "full", "2020-01-01", "draft", ""),
        ("in-review", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "legal_review", ""),
        ("run-out", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "active", ", ends: 2021-01-01"),
        ("expired", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "expired", ""),
        ("revoked", "gamma", "beta", "open", "joint-compliance", "full", "2020-01-01", "revoked", ""),
        ("future", "gamma", "beta", "open", "joint-compliance", "full", "2999-01-01", "active", ""),
        ("elsewhere", "gamma", "beta", "open", "other-purpose", "full", "2020-01-01", "active", ""),
        ("known-only", "alpha", "beta", "closed", "joint-compliance", "known", "2020-01-01", "active", ", contact: x"),
        ("beta-asks", "beta", "alpha", "requests", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("alpha-tells", "alpha", "beta", "requests", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("gamma-asks", "gamma", "alpha", "requests", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("gamma-tells", "gamma", "alpha", "concern-cards", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("alpha-knows", "alpha", "gamma", "requests", "joint-compliance", "full", "2020-01-01", "active", ""),
        ("backwards", "beta", "gamma", "open, decisions", "joint-compliance", "full", "2020-01-01", "active", ""),
    )
)


@dataclass(frozen=True)
class Step:
    """A row that `agency` sends (or deletes, where it has nothing but its reference)."""

    agency: str
    category: str
    row: Mapping[str, str]

    @property
    def feed(self) -> str:
        return f"{self.agency}-{self.category}"

    @property
    def ref(self) -> str:
        return self.row["Ref"]

    @property
    def business(self) -> str:
        """The id of the business whose smallest record this is."""
        return business_id(record_id(self.feed, self.ref))


def step(agency: str, category: str, ref: str, name: str = "", number: int = 0, **more: str) -> Step:
    if not name:
        return Step(agency, category, {"Ref": ref})
    place = {"Address": f"{number} Station Road", "Town": "Ealing", "Postcode": "W5 3NU"}
    return Step(agency, category, {"Ref": ref, "Name": name, **place, "Seen": "2026-10-01", **more})


SHOP, CAFE, BARBER = "Golden Chicken Shop", "Blue Door Cafe", "Razor Sharp Barbers"
VISIBLE = (
    step("alpha", "open", "v1", SHOP, 12, Rating="poor"),
    step("beta", "open", "v2", SHOP, 12, Rating="poor", Landlord="Station Estates Ltd"),
    step("alpha", "open", "v3", CAFE, 40),
    step("beta", "open", "v4", CAFE, 40, Rating="bad", Phone="020 7946 0999"),
    step("alpha", "open", "v5", BARBER, 77, Rating="bad"),
    step("alpha", "open", "v6", "Blue Door Bakery", 42, Phone="020 7946 0111"),
    step("beta", "open", "v4", CAFE, 40, Rating="good", Seen="2026-10-20"),
    step("alpha", "open", "v5"),
    step("beta", "open", "v7", BARBER, 77, Rating="poor", Phone="020 7946 0111", Landlord="Station Estates Ltd"),
    step("alpha", "open", "v5", BARBER, 77, Rating="bad", Seen="2026-10-12"),
)
HIDDEN = (
    (step("gamma", "open", "h1", f"{MARK} {SHOP}", 12, Rating="bad"), step("gamma", "closed", "v1", SHOP, 12)),
    (step("alpha", "closed", "h2", SHOP, 12, Rating="bad"), step("alpha", "closed", "h3", SHOP, 12, Rating="good")),
    (step("gamma", "open", "h4", f"{CAFE} {SHOP}", 40, Phone="020 7946 0111"),),
    (step("alpha", "closed", "h5", f"{MARK} Blue Door", 40, Phone="020 7946 0111", Rating="bad"),),
    (step("gamma", "open", "h6", BARBER, 77, Rating="bad"), step("gamma", "open", "h1", SHOP, 12, Closed="2026-10-02")),
    (step("gamma", "open", "h7", "Blue Door Bakery and Cafe", 41, Phone="020 7946 0999"),),
    (step("alpha", "closed", "h2"), step("gamma", "closed", "h8", CAFE, 40, Rating="bad", Seen="2026-11-01")),
    (step("gamma", "open", "h6"), step("alpha", "closed", "h9", BARBER, 77, Rating="poor")),
    tuple(step("gamma", "open", f"n{n}", f"{MARK} Number {n}", n, Rating="bad") for n in range(1, 8)),
    (
        step("gamma", "open", "h4"),
        step("gamma", "open", "h7", BARBER, 77, Rating="bad", Seen="2026-11-02", Landlord="Station Estates Ltd"),
    ),
)


@dataclass(frozen=True)
class Ruling:
    """What `agency` decides on two records, (feed, reference) each; `back` takes back what it decided before."""

    agency: str
    records: tuple[tuple[str, str], tuple[str, str]]
    verdict: str
    back: bool = False

    @property
    def ids(self) -> tuple[str, str]:
        first, second = (record_id(*record) for record in self.records)
        return first, second

    @property
    def decision_id(self) -> str:
        """The id of the decision, if it is the agency's first on these records."""
        who = self.agency, f"development:{self.agency}", f"{self.agency} knows"
        return decide(self.ids, Verdict(self.verdict), *who, datetime(2026, 1, 1, tzinfo=UTC), None).decision_id


V1, V2, V3, V4 = ("alpha-open", "v1"), ("beta-open", "v2"), ("alpha-open", "v3"), ("beta-open", "v4")
V5, V7, H2, H1 = ("alpha-open", "v5"), ("beta-open", "v7"), ("alpha-closed", "h2"), ("gamma-open", "h1")
# After how many steps what is decided, of what beta may see (its own decisions and alpha's, on records that it sees),
# and of what it may not: gamma's decisions, also on beta's own records, and alpha's on records hidden from beta.
VISIBLE_RULINGS = {
    4: (Ruling("alpha", (V1, V3), "same"),),
    6: (Ruling("beta", (V3, V4), "different"), Ruling("beta", (V1, V2), "unsure")),
    9: (Ruling("alpha", (V1, V3), "same", back=True), Ruling("beta", (V5, V7), "different")),
}
HIDDEN_RULINGS = {
    3: (Ruling("gamma", (V1, V2), "different"), Ruling("alpha", (V1, H2), "same")),
    5: (Ruling("gamma", (V2, V4), "same"), Ruling("alpha", (V3, H2), "same")),
    8: (Ruling("gamma", (V1, V2), "different", back=True), Ruling("gamma", (V1, H1), "same")),
}


# What beta may try without changing anything: to decide on what it does not see, to decide again as it did, to take
# back what is not its own.
NEVER = ("gamma-open", "never")
TRIED = (
    *(Ruling("beta", pair, "same") for pair in ((V1, H1), (V1, H2), (H1, H2), (V1, NEVER))),
    VISIBLE_RULINGS[6][0],
    *(replace(ruling, back=True) for ruling in (*HIDDEN_RULINGS[3], *HIDDEN_RULINGS[5], VISIBLE_RULINGS[4][0])),
)
