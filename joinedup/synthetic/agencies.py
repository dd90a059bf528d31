"""The nine agencies of the made-up partnership: whom they know, how they write, how they grade, how they export."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joinedup.synthetic import exports, layouts
from joinedup.synthetic.exports import OpenExport
from joinedup.synthetic.layouts import Layout
from joinedup.synthetic.sightings import BLANK, Grade, Habits

# Sector → how likely, relative to the others, an agency is to hold a business of it.
Reach = Mapping[str, float]
_ELSEWHERE = "elsewhere"
_SPECS = Path(__file__).with_name("specs")


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency and its one feed. `reference` formats the running number of a row; `file` is the export's name."""

    feed: str
    file: str
    reference: str
    reach: Reach
    habits: Habits
    scale: tuple[Grade, ...]
    layout: Layout
    export: OpenExport
    repeats: bool = False

    def spec_text(self) -> str:
        """The feed's specification, YAML, as ingest takes it."""
        return (_SPECS / f"{self.feed}.yaml").read_text(encoding="utf-8")

    def columns(self) -> tuple[str, ...]:
        return tuple(self.layout(BLANK, ""))

    def interest(self, sector: str) -> float:
        return self.reach.get(sector, self.reach[_ELSEWHERE])


AGENCIES = (
    Agency(
        "kerrow-food-hygiene", "food-hygiene.xml", "{:07d}",
        {"takeaway": 6, "restaurant": 6, "pub": 4, "shop": 3, "hotel": 3, "care": 3, "farm": 1, _ELSEWHERE: 0.05},
        Habits(name=0.99, legal_as_name=0.04, number=0.93, postcode=0.93, phone=0.72, company=0.66, owner=0.3,
               errors=0.7),
        (Grade("5", 0.52), Grade("4", 0.17), Grade("AwaitingInspection", 0.05), Grade("3", 0.11, True),
         Grade("2", 0.05, True), Grade("1", 0.07, True), Grade("0", 0.03, True)),
        layouts.food_hygiene,
        exports.xml("FHRSEstablishment", "EstablishmentCollection", "EstablishmentDetail"),
    ),
    Agency(
        "kerrow-fire-audits", "fire-audits.csv", "FS/{:07d}/A",
        {"hotel": 4, "care": 4, "lettings": 3, "pub": 2, _ELSEWHERE: 1.6},
        Habits(name=0.9, number=0.96, postcode=0.72, phone=0.56, company=0.68, owner=0.2, errors=1.2, abbreviates=0.6),
        (Grade("Broadly compliant", 0.46), Grade("Not yet audited", 0.2), Grade("Informal notification", 0.14, True),
         Grade("Deficiencies notified", 0.1, True), Grade("Enforcement notice", 0.08, True),
         Grade("Prohibition notice", 0.02, True)),
        layouts.fire_audits,
        exports.delimited(";", "cp1252"),
    ),
    Agency(
        "kerrow-trading-standards", "trading-standards.csv", "TS{:08d}",
        {"shop": 4, "garage": 4, "takeaway": 1.5, "salon": 1.5, "lettings": 2, _ELSEWHERE: 1},
        Habits(legal_as_name=0.12, number=0.88, postcode=0.8, phone=0.8, email=0.75, company=0.84, owner=0),
        (Grade("Green", 0.3), Grade("Information only", 0.15), Grade("Amber", 0.38, True), Grade("Red", 0.17, True)),
        layouts.trading_standards,
        exports.delimited(",", "utf-8-sig"),
        repeats=True,
    ),
    Agency(
        "kerrow-police-premises", "police-premises.txt", "KP-{:08d}",
        {"pub": 4, "shop": 2, "takeaway": 2, _ELSEWHERE: 1.3},
        Habits(name=0.93, number=0.9, postcode=0.74, phone=0, email=0, company=0, owner=0.42, born=0.75, errors=1.3,
               abbreviates=0.5, upper=True),
        (Grade("NOTHING OF NOTE", 0.93), Grade("LOW", 0.03, True), Grade("MEDIUM", 0.025, True),
         Grade("HIGH", 0.015, True)),
        layouts.police_premises,
        exports.delimited("|", "cp1252"),
    ),
    Agency(
        "home-office-immigration-visits", "immigration-visits.xlsx", "ICE{:07d}",
        {"takeaway": 2.2, "restaurant": 1.8, "salon": 3, "garage": 3, "farm": 2, "care": 1.5, _ELSEWHERE: 0.5},
        Habits(number=0.9, postcode=0.85, phone=0.64, company=0.8, owner=0.5, born=0.8, errors=1.2),
        (Grade("0 - nothing found", 0.35), Grade("1 - low", 0.2, True), Grade("2 - medium", 0.2, True),
         Grade("3 - high", 0.15, True), Grade("4 - civil penalty", 0.1, True)),
        layouts.immigration_visits,
        exports.xlsx("Visits"),
    ),
    Agency(
        "hmrc-compliance-cases", "hmrc-compliance.ndjson", "HC-{:08d}",
        {"garage": 2, "salon": 2, "lettings": 2, "takeaway": 1.4, _ELSEWHERE: 1},
        Habits(name=0.9, legal_as_name=0.3, number=0.94, postcode=0.95, phone=0.64, email=0.65, company=0.97, owner=0.4,
               born=0.6, agent=0.95, errors=0.7),
        (Grade("A", 0.3), Grade("B", 0.25, True), Grade("C", 0.22, True), Grade("D", 0.15, True),
         Grade("E", 0.08, True)),
        layouts.hmrc_compliance,
        exports.ndjson(),
    ),
    Agency(
        "kerrow-premises-licences", "premises-licences.json", "PL{:07d}",
        {"pub": 6, "shop": 3.5, "takeaway": 1.7, "restaurant": 2.5, "hotel": 2.5, "garage": 0.6, _ELSEWHERE: 0.15},
        Habits(name=0.98, number=0.92, postcode=0.9, phone=0.76, email=0.7, company=0.9, owner=0.4, errors=0.7),
        (Grade("Granted", 0.8), Grade("Warned", 0.1, True), Grade("Under review", 0.07, True),
         Grade("Suspended", 0.03, True)),
        layouts.premises_licences,
        exports.json_array("licences"),
    ),
    Agency(
        "kerrow-housing-hazards", "housing-hazards.tsv", "HH/{:07d}",
        {"lettings": 6, "hotel": 1.2, "care": 0.6, "takeaway": 0.4, _ELSEWHERE: 0.2},
        Habits(name=0.9, number=0.97, postcode=0.86, phone=0.69, email=0.55, company=0, owner=0.5, errors=1.1,
               abbreviates=0.5),
        (Grade("No hazard", 0.3), Grade("Not assessed", 0.1), Grade("Category 2", 0.38, True),
         Grade("Category 1", 0.22, True)),
        layouts.housing_hazards,
        exports.delimited("\t", newline="\n"),
    ),
    Agency(
        "glaa-labour-providers", "labour-providers.csv", "GLAA{:06d}",
        {"farm": 6, "care": 1, "garage": 0.9, "salon": 0.5, _ELSEWHERE: 0.1},
        Habits(name=0.9, legal_as_name=0.25, number=0.85, postcode=0.82, phone=0.74, email=0.65, company=0.9, owner=0.4,
               born=0.5),
        (Grade("Licensed, no case", 0.45), Grade("Low", 0.2, True), Grade("Medium", 0.2, True),
         Grade("High", 0.15, True)),
        layouts.labour_providers,
        exports.delimited(",", newline="\n"),
    ),
)  # fmt: skip
