"""The week, day by day, through the public address alone, and what everybody was told in it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine

from services.linker import bootstrap as linker
from tests.e2e.ealing.exports import BUTCHERS, FILLERS, GROCERS, PIZZA, PIZZA_NUMBER, SHOP, exports
from tests.e2e.ealing.partnership import COUNCIL, HMRC, IMMIGRATION, PEOPLE, TOGETHER, write_rules
from tests.e2e.ealing.person import Person
from tests.e2e.people import Partners, register
from tests.support.processes import wait_until
from tests.support.whole import whole

BEGINS = datetime(2027, 2, 22, 8, tzinfo=UTC)
"""The Monday before."""
BROADWAY = {"name": SHOP, "address": {"lines": ["12 The Broadway"], "town": "Southall", "postcode": "UB1 1AA"}}
PERIOD = "since=2027-03-01&until=2027-03-07"
_CARD = str(UUID(int=1))
_FIRE_AUDIT = {"regimes": ["fire-safety"], "contribution": {"officers": 2, "alone": 2}}
_BEDS, _MATTRESSES = "workers-living-in", "living-in-commercial-premises"


@dataclass
class Week:
    """What was told, in the order of the week."""

    receipts: list[dict[str, Any]] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    agenda: dict[str, Any] = field(default_factory=dict)
    proposal: dict[str, Any] = field(default_factory=dict)
    told: list[dict[str, bytes]] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    police: list[str] = field(default_factory=list)
    theirs: list[int] = field(default_factory=list)
    visit: dict[str, Any] = field(default_factory=dict)
    feeds: dict[str, str] = field(default_factory=dict)
    risks: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    page: str = ""
    paper: bytes = b""


@contextmanager
def running(folder: Path) -> Iterator[dict[str, Person]]:
    """Everybody by name, at the whole of Joined Up."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(linker, "_LOOK_AGAIN_SECONDS", 0.1)
        patched.setenv("GATEWAY_REGISTER_FILE", str(register(folder, PEOPLE, [TOGETHER])))
        with whole(folder, write_rules(folder), takes_files=True) as url:
            partners = Partners(url)
            yield {name: Person(name, partners) for name in (who.split("/")[1] for who in PEOPLE)}
            partners.http.close()


def played(folder: Path) -> Week:
    week = Week()
    with time_machine.travel(BEGINS) as clock, running(folder) as people:
        play = Play(week, people, clock)
        for day in (play.the_week_before, play.monday, play.plans, play.the_days, play.afterwards, play.april):
            day()
    return week


class Play:
    def __init__(self, week: Week, people: Mapping[str, Person], clock: time_machine.Traveller) -> None:
        self.week = week
        self.clock = clock
        self.people = people
        self.visits: dict[str, str] = {}
        self.card = self.referral = ""

    def on(self, month: int, day: int, hour: int) -> None:
        """Move the clock on."""
        self.clock.move_to(datetime(2027, month, day, hour, tzinfo=UTC))
        next(iter(self.people.values())).at.sign_in_again()

    def the_week_before(self) -> None:
        """The files come in, the police plan something, and a fire officer sees mattresses."""
        chan, fay, ines = (self.people[one] for one in ("chan", "fay", "ines"))
        for export in exports():
            sender = self.people[export.sender]
            sender.call("PUT", f"/v1/feeds/{export.spec['id']}", export.spec).raise_for_status()
            self.week.receipts.append(sender.send(export.spec["id"], export.content))
        held = sum(one["counts"]["stored"] for one in self.week.receipts)
        # The chair's agency sees all of it but HMRC's one case.
        wait_until(lambda: chan.get("/v1/statistics")["records"]["value"] == held - 1, 60, "The graph")
        self.week.before = chan.post("/v1/tasking/lists", {})
        self.police_plan("2027-03-04T05:00", "2027-03-04T07:00", "Operation Zyzzyva", 12, "ring", "hidden")
        self.visits["wasted"] = self.plan("fay", FILLERS[0], "2027-03-02", **_FIRE_AUDIT)
        self.file_card(fay, ines)

    def police_plan(self, starts: str, ends: str, note: str, officers: int, *tiers: str) -> None:
        """At the shop. Of `ring` partners may know that they are to ring, of `hidden` nothing at all."""
        for tier in tiers:
            terms = {"purpose": "enforcement", "regimes": ["crime"], "tier": tier, "note": note}
            body = {"place": BROADWAY, "when": {"starts": starts, "ends": ends}, "terms": terms}
            made = self.people["pat"].post("/v1/visits", body | {"contribution": {"officers": officers}})
            self.week.police.append(made["visit_id"])

    def file_card(self, fay: Person, ines: Person) -> None:
        self.on(2, 25, 15)
        olu, ada = self.people["olu"], self.people["ada"]
        asked = {"starts": "2027-01-01"}
        pack = "/v1/indicators/packs/golden-indicators/adoption"
        wanted = [*ines.post(pack, asked | {"slugs": [_BEDS]}), *ada.post(pack, asked | {"slugs": [_MATTRESSES]})]
        place = {"name": SHOP, "address": "12 The Broadway, Southall", "postcode": "UB1 1AA"}
        seen = {"indicators": [one["indicator_id"] for one in wanted], "text": "Six mattresses above the kitchen."}
        self.card = fay.post("/v1/cards", {"id": _CARD, "place": place, **seen})["card_id"]
        self.referral = self.accept(olu)
        self.accept(ines)
        shop = self.shop_of("chan")
        # The council's own two records, and the card as one of immigration and one of housing.
        wait_until(lambda: sorted(self.records_of(shop)) == [1, 1, 2], 60, "The card in the graph")
        self.week.risks.append(self.risk(shop))

    def accept(self, who: Person) -> str:
        (waiting,) = who.get("/v1/referrals?box=in&state=received")["items"]
        path = f"/v1/referrals/{waiting['referral_id']}/steps"
        who.post(path, {"step": "accept"}, **{"If-Match": '"1"'})
        return str(waiting["referral_id"])

    def shop_of(self, who: str, name: str = SHOP) -> str:
        found = self.people[who].get("/v1/businesses?limit=200")["businesses"]
        (one,) = [one["business_id"] for one in found if one["name"] == name]
        return str(one)

    def risk(self, business: str) -> Any:
        return self.people["chan"].get(f"/v1/businesses/{business}")["risk"]

    def records_of(self, business: str) -> list[int]:
        """How many stand behind each regime."""
        return [len(one["records"]) for one in self.risk(business)["regimes"]]

    def begin_monday(self) -> None:
        self.on(3, 1, 9)
        wait_until(self.is_assessed_today, 60, "The risk as of this Monday")

    def monday(self) -> None:
        """The tasking meeting: ten businesses, each with what is done about it and why."""
        self.begin_monday()
        chan = self.people["chan"]
        authority = {"name": f"{PIZZA} Ltd", "company_number": PIZZA_NUMBER, "authority": "Slough Borough Council"}
        authority |= {"regimes": ["food-hygiene", "fire-safety"], "contact": "pa@slough.example"}
        chan.post("/v1/powers/primary-authorities", authority | {"starts": "2020-01-01"})
        made = chan.post("/v1/tasking/lists", {})
        entries = {one["business"]["name"]: one["business_id"] for one in made["agenda"]}
        for name, decided in _DECIDED.items():
            path = f"/v1/tasking/lists/{made['list_id']}/entries/{entries[name]}/decisions"
            chan.post(path, decided)
        self.week.agenda = chan.get(f"/v1/tasking/lists/{made['list_id']}")
        asked = {"business_id": entries[SHOP], "premises": ["business", "hmo"]}
        self.week.proposal = chan.post("/v1/visits/compose", asked)

    def is_assessed_today(self) -> bool:
        """Risk decays by the day, and the graph takes a moment for it."""
        found = self.people["chan"].get("/v1/businesses?limit=200")["businesses"]
        assessed = {self.risk(one["business_id"])["as_of"] for one in found if one["regimes"]}
        return assessed == {datetime.now(UTC).date().isoformat()}

    def plan(self, who: str, name: str, day: str, place: dict[str, Any] | None = None, **terms: Any) -> str:
        """From ten to noon."""
        rest = {key: terms.pop(key) for key in ("contribution", "invite") if key in terms}
        when = {"starts": f"{day}T10:00", "ends": f"{day}T12:00"}
        said = {"purpose": "enforcement", "regimes": ["food-hygiene"]} | terms
        where = place or {"business_id": self.shop_of(who, name)}
        made = self.people[who].post("/v1/visits", {"place": where, "when": when, "terms": said, **rest})
        return str(made["visit_id"])

    def plans(self) -> None:
        """Monday afternoon: what was decided is planned, and clashes."""
        self.on(3, 1, 14)
        self.plan_the_joint_visit()
        grocers = {"purpose": "supportive", "letter_on": "2027-03-01", "regimes": ["food-hygiene"]}
        brings = {"officers": 1, "alone": 3}
        self.visits["grocers"] = self.plan("olu", GROCERS, "2027-03-03", contribution=brings, **grocers)
        self.confirm("olu", self.visits["grocers"])
        self.join_instead()
        self.cancel_for_want_of_people()

    def plan_the_joint_visit(self) -> None:
        olu, ines = self.people["olu"], self.people["ines"]
        lead = {"lead": self.week.proposal["attendees"][0]["agency"], "tier": "agency", "referrals": [self.referral]}
        regimes = ["housing", "food-hygiene", "immigration"]
        brings = {"contribution": {"officers": 2, "alone": 3}, "invite": [{"agency": IMMIGRATION}]}
        visit = self.visits["shop"] = self.plan("olu", SHOP, "2027-03-04", regimes=regimes, **lead, **brings)
        self.ask_about(visit)
        self.police_plan_something_else()
        self.ask_about(visit)
        # They ring; Friday suits the police.
        path = f"/v1/visits/{visit}"
        when = {"starts": "2027-03-05T10:00", "ends": "2027-03-05T12:00"}
        olu.call("PATCH", path, {"version": olu.get(path)["version"], "when": when}).raise_for_status()
        seen = olu.get(f"{path}/clashes")["seen"]
        self.confirm("olu", visit, knowing=seen, reason="Rang the police desk: Friday, after ten, suits them.")
        ines.post(f"{path}/reply", {"answer": "accepted", "contribution": {"officers": 2, "alone": 8}})
        self.week.visit = olu.get(path)
        for who in ("olu", "ines", "fay", "gil", "pat"):
            self.week.feeds[who] = self.feed(who)

    def ask_about(self, visit: str) -> None:
        """Everything that the planner may ask."""
        olu, chan = self.people["olu"], self.people["chan"]
        asked = [f"/v1/visits/{visit}", f"/v1/visits/{visit}/clashes", f"/v1/visits/{visit}/near?days=60", "/v1/visits"]
        asked += ["/v1/outcomes", "/v1/calendar/reliability"]
        asked += ["/v1/calendar/free-busy?agency=met-police&since=2027-02-01&until=2027-04-01"]
        told = {path: olu.read(path) for path in asked}
        told["report"] = chan.read(f"/v1/reports/partnership?{PERIOD}")
        told["list"] = chan.read(f"/v1/tasking/lists/{self.week.agenda['list_id']}")
        told["feed"] = self.feed("olu").encode()
        self.week.told.append(told)
        self.week.theirs += [olu.call("GET", f"/v1/visits/{hidden}").status_code for hidden in self.week.police]
        refused = olu.call(
            "POST", f"/v1/visits/{visit}/confirm", {"version": olu.get(f"/v1/visits/{visit}")["version"]}
        )
        assert refused.status_code == 409, refused.text
        self.week.refused.append(refused.content)

    def police_plan_something_else(self) -> None:
        pat = self.people["pat"]
        pat.post(f"/v1/visits/{self.week.police[0]}/cancel", {"version": 1, "reason": "other"})
        self.police_plan("2027-03-09T22:00", "2027-03-10T03:00", "Operation Xylophone", 40, "ring", "ring", "hidden")

    def feed(self, who: str) -> str:
        person = self.people[who]
        made = person.post("/v1/calendar/feeds", {"scope": "partnership"})
        answer = person.at.http.get(made["url"]).raise_for_status()
        return answer.text.replace("\r\n ", "")

    def confirm(self, who: str, visit: str, **more: Any) -> None:
        person, path = self.people[who], f"/v1/visits/{visit}"
        person.post(f"{path}/confirm", {"version": person.get(path)["version"], **more})

    def join_instead(self) -> None:
        """HMRC meant to go to the grocers by itself, and is offered to come along."""
        hal, place = self.people["hal"], {"name": GROCERS, "address": {"lines": ["8 Western Road"], "town": "Southall"}}
        place["address"]["postcode"] = "UB2 5HE"
        own = self.plan("hal", GROCERS, "2027-03-04", place, regimes=["tax"])
        (clash,) = hal.get(f"/v1/visits/{own}/clashes")["clashes"]
        hal.post(clash["join"], {"instead_of": own, "contribution": {"officers": 1, "alone": 3}})

    def cancel_for_want_of_people(self) -> None:
        gil, place = self.people["gil"], {"name": "A farm", "address": {"lines": ["Sheep Lane"], "postcode": "UB5 6AA"}}
        visit = self.plan("gil", "A farm", "2027-03-06", place, regimes=["labour-exploitation"])
        gil.post(f"/v1/visits/{visit}/cancel", {"version": 1, "reason": "no_capacity"})

    def the_days(self) -> None:
        self.on(3, 2, 16)
        self.hold("fay", "wasted", {"fay": 2}, {"fay": [{"kind": "nothing_found", "regime": "fire-safety"}]})
        self.on(3, 3, 16)
        self.hold("olu", "grocers", {"olu": 1, "hal": 1}, {"olu": [{"kind": "advice", "regime": "food-hygiene"}]})
        self.on(3, 5, 16)
        council = [
            {"kind": "notice", "regime": "food-hygiene", "number": 1},
            {"kind": "referral_made", "regime": "housing"},
        ]
        found = {"olu": council, "ines": [{"kind": "arrest", "regime": "immigration", "number": 2}]}
        self.hold("olu", "shop", {"olu": 2, "ines": 2}, found)

    def hold(self, owner: str, visit: str, sent: dict[str, int], outcomes: dict[str, list[dict[str, Any]]]) -> None:
        """It is done; each agency says whom it sent, and what came of it."""
        path = f"/v1/visits/{self.visits[visit]}"
        self.people[owner].post(f"{path}/done", {"version": self.people[owner].get(path)["version"]})
        for who, officers in sent.items():
            self.people[who].post(f"{path}/attended", {"attended": True, "officers_sent": officers})
        for who, found in outcomes.items():
            for one in found:
                self.record(who, visit, one)

    def record(self, who: str, visit: str, found: dict[str, Any]) -> None:
        today = datetime.now(UTC).date().isoformat()
        self.people[who].post(f"/v1/visits/{self.visits[visit]}/outcomes", found | {"found_on": today})

    def afterwards(self) -> None:
        """The next Monday: what came of it has moved the risk, and the report of the week is made."""
        self.on(3, 8, 9)
        shop = self.shop_of("chan")
        wait_until(lambda: self.records_of(shop) == [2, 2, 2], 60, "The outcomes in the graph")
        self.week.risks.append(self.risk(shop))
        self.week.reports.append(self.people["chan"].get(f"/v1/reports/partnership?{PERIOD}"))

    def april(self) -> None:
        """The civil penalty and the arrears come six weeks late, and count for the week nevertheless."""
        self.on(4, 12, 9)
        fay, chan = self.people["fay"], self.people["chan"]
        self.record("ines", "shop", {"kind": "penalty", "regime": "immigration", "value_pence": 4_000_000})
        self.record("hal", "grocers", {"kind": "arrears", "regime": "tax", "value_pence": 2_600_000})
        wait_until(lambda: "Penalty" in str(fay.get(f"/v1/cards/{self.card}")["history"]), 60, "The late outcome")
        self.week.history = fay.get(f"/v1/cards/{self.card}")["history"]
        self.week.reports.append(chan.get(f"/v1/reports/partnership?{PERIOD}"))
        self.week.page = chan.read(f"/v1/reports/partnership.html?{PERIOD}").decode()
        self.week.paper = chan.read(f"/v1/reports/partnership.pdf?{PERIOD}")


_DECIDED: dict[str, dict[str, Any]] = {
    SHOP: {"decision": "visit", "lead": COUNCIL, "agencies": [IMMIGRATION], "reason": "People live above a kitchen."},
    BUTCHERS: {
        "decision": "no_visit",
        "because": "better_information",
        "visits_avoided": 2,
        "reason": "Those who were named have left: HMRC's real-time information says so.",
        "review_on": "2027-04-12",
    },
    PIZZA: {
        "decision": "no_visit",
        "because": "primary_authority",
        "visits_avoided": 1,
        "reason": "Its primary authority's inspection plan covers it; written to Slough.",
    },
    GROCERS: {"decision": "visit", "lead": COUNCIL, "agencies": [HMRC], "reason": "Advice first, with a letter."},
}
