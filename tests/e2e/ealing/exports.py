"""What the partners' own systems export of a few streets in Southall: XML, CSV of four kinds, JSON lines. All of it is
made up; each system spells, grades and dates in its own way, by the feed specifications that the demonstration ships.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from joinedup import synthetic
from tests.e2e.ealing.partnership import COUNCIL, FIRE, HMRC, IMMIGRATION, POLICE

_SPECS = Path(synthetic.__file__).parent / "specs"
SHOP, BUTCHERS, PIZZA, GROCERS = "Chicken Shop", "Southall Halal Butchers", "Pizza Parade", "Kwik Mart"
PIZZA_NUMBER = "04812398"
FILLERS = tuple(f"{name} Cafe" for name in ("Amber", "Birch", "Cedar", "Dahlia", "Elder", "Fern", "Gorse", "Hazel"))
"""With a lesser concern in two regimes each: more of them than a list of ten has room for."""


@dataclass(frozen=True)
class Export:
    """A file as an agency's system writes it. `sender` is who sends it, `spec` what its columns mean."""

    sender: str
    spec: dict[str, Any]
    content: bytes


def exports() -> tuple[Export, ...]:
    return (
        _export("ada", COUNCIL, "kerrow-food-hygiene", _food()),
        _export("ada", COUNCIL, "kerrow-housing-hazards", _housing()),
        _export("fay", FIRE, "kerrow-fire-audits", _fire()),
        _export("ines", IMMIGRATION, "home-office-immigration-visits", _immigration(), format={"kind": "csv"}),
        _export("hal", HMRC, "hmrc-compliance-cases", _hmrc()),
        _export("pat", POLICE, "kerrow-police-premises", _police()),
    )


def _export(sender: str, agency: str, spec: str, text: str, **more: Any) -> Export:
    made = yaml.safe_load((_SPECS / f"{spec}.yaml").read_text(encoding="utf-8"))
    changed = {"id": f"{agency}-{spec}", "agency": agency, "mode": "delta"} | more
    return Export(sender, made | changed, text.encode())


def _food() -> str:
    rows = [
        (f"The {SHOP}", "12 The Broadway", "UB1 1AA", "1", "2027-02-08", ""),
        (BUTCHERS, "45 King Street", "UB2 4DG", "2", "2027-02-10", ""),
        (PIZZA, "3 South Road", "UB1 1SW", "1", "2027-02-01", PIZZA_NUMBER),
        (GROCERS, "8 Western Road", "UB2 5HE", "1", "2027-01-20", ""),
        *((name, f"{number} Lady Margaret Road", "UB1 2RA", "3", "2026-12-01", "") for number, name in _numbered()),
        ("The Quiet Bookshop Cafe", "70 Lady Margaret Road", "UB1 2RA", "5", "2027-01-11", ""),
    ]
    found = "".join(_establishment(number, *row) for number, row in enumerate(rows, start=1))
    return f"<EstablishmentCollection>{found}</EstablishmentCollection>"


def _numbered() -> Iterator[tuple[int, str]]:
    return ((10 * place, name) for place, name in enumerate(FILLERS, start=11))


def _establishment(number: int, name: str, line: str, postcode: str, rating: str, day: str, company: str) -> str:
    operator = f"<Operator><CompanyNumber>{company}</CompanyNumber></Operator>" if company else ""
    return (
        f"<EstablishmentDetail><FHRSID>{number}</FHRSID><BusinessName>{name}</BusinessName>"
        f"<AddressLine1>{line}</AddressLine1><AddressLine3>Southall</AddressLine3><PostCode>{postcode}</PostCode>"
        f"<RatingValue>{rating}</RatingValue><RatingDate>{day}</RatingDate>{operator}</EstablishmentDetail>"
    )


def _table(columns: str, rows: Iterable[tuple[str, ...]], delimiter: str, blank: str) -> str:
    """Lines of values, where `blank` are columns that the system has and nobody ever fills in."""
    empty = [""] * len(blank.split("|"))
    lines = [[*columns.split("|"), *blank.split("|")], *([*row, *empty] for row in rows)]
    return "".join(f"{delimiter.join(line)}\n" for line in lines)


def _housing() -> str:
    row = ("HH/71", f"{SHOP} (flat over)", "12 The Broadway", "Southall", "UB1 1AA", "Quillfeather Estates")
    columns = "Case|Occupier / business|Property|Locality|PCode|Landlord|Hazard|Inspected"
    return _table(columns, [(*row, "Category 2", "12/02/2027")], "\t", "Landlord tel|Landlord email|Remedied")


def _fire() -> str:
    rows = [
        (SHOP, "12 Broadway, Southall", "UB1 1AA", "Broadly compliant", "04/11/2026", ""),
        ("HALAL BUTCHERS SOUTHALL", "45 King St, Southall", "UB2 4DG", "Deficiencies notified", "09/02/2027", ""),
        ("Pizza Parade Ltd", "3 South Rd, Southall", "UB1 1SW", "Deficiencies notified", "28/01/2027", PIZZA_NUMBER),
        ("Kwik Mart Off Licence", "8 Western Road, Southall", "UB2 5HE", "Deficiencies notified", "15/01/2027", ""),
        *(
            (name, f"{number} Lady Margaret Rd, Southall", "UB1 2RA", "Informal notification", "20/11/2026", "")
            for number, name in _numbered()
        ),
    ]
    numbered = [(f"FS/{number}", *row) for number, row in enumerate(rows, start=1)]
    columns = "File No|Occupier|Premises address|Post Code|Audit Outcome|Last Audit|Co. Reg. No"
    return _table(columns, numbered, ";", "Contact Tel|Responsible Person|Use|Notice Complied")


def _immigration() -> str:
    row = ("ICE1", BUTCHERS, "45 King Street", "Southall", "UB2 4DG", "3 - high", "2027-02-10")
    columns = "Ref|Business / trading as|Address 1|Address 2|PostCode|Priority|Date of visit"
    return _table(columns, [row], ",", "Company|Mobile|CRN|Owner|Owner DOB|Penalty paid")


def _police() -> str:
    """Known to the police, and nothing of note: no concern."""
    rows = [
        ("KP-1", "CHICKEN SHOP", "12 THE BROADWAY", "SOUTHALL", "UB1 1AA", "NOTHING OF NOTE", "04-01-2027"),
        (
            "KP-2",
            "QUIET BOOKSHOP CAFE",
            "70 LADY MARGARET ROAD",
            "SOUTHALL",
            "UB1 2RA",
            "NOTHING OF NOTE",
            "02-01-2027",
        ),
    ]
    columns = "OCC_ID|PREMISES_NAME|LOC_STREET|LOC_TOWN|LOC_PCODE|GRADING|LAST_EVENT"
    return _table(columns, rows, "|", "LOC_BLDG|NOMINAL|DOB")


def _hmrc() -> str:
    """Which nobody else may see."""
    case = {"caseId": "HC-1", "tradingName": GROCERS, "addressLine": "8 Western Road, Southall", "postcode": "UB2 5HE"}
    return json.dumps(case | {"riskBand": "D", "opened": "2027-01-25"}) + "\n"
