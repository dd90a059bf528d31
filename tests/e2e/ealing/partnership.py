"""The partners of a made-up Ealing, who works there, and what each may tell whom.

The statutes are those that such a partnership would look at first; how they are read here is made up, and reviewed by
nobody.
"""

from pathlib import Path
from typing import Any

import yaml

COUNCIL, FIRE, IMMIGRATION = "ealing-council", "london-fire", "immigration-enforcement"
HMRC, GLA, POLICE = "hmrc", "gla", "met-police"
TOGETHER = "joint-compliance"
RING = "Met Police deconfliction desk, 020 7946 0123"
_CLASSES = {
    COUNCIL: ("unitary-council", "environmental-health", "housing-authority", "trading-standards"),
    FIRE: ("fire-authority",),
    IMMIGRATION: ("immigration-authority",),
    HMRC: ("revenue-and-customs",),
    GLA: ("labour-market-enforcer",),
    POLICE: ("police-force",),
}
PEOPLE = {
    f"{COUNCIL}/chan": ("tasking_chair",),
    f"{COUNCIL}/olu": ("officer",),
    f"{COUNCIL}/ada": ("agency_admin",),
    f"{FIRE}/fay": ("officer", "agency_admin"),
    f"{FIRE}/frank": ("tasking_chair",),
    f"{IMMIGRATION}/ines": ("officer", "agency_admin"),
    f"{HMRC}/hal": ("officer", "agency_admin"),
    f"{GLA}/gil": ("officer",),
    f"{POLICE}/pat": ("officer", "agency_admin"),
}
_NOTED = ("concern-cards", "visits", "visit-outcomes")
_GATEWAYS = (
    (COUNCIL, (FIRE, POLICE), ("inspections", *_NOTED), "Crime and Disorder Act 1998", "section 17A"),
    (COUNCIL, (IMMIGRATION,), ("inspections", *_NOTED), "Immigration and Asylum Act 1999", "section 20"),
    (COUNCIL, (HMRC,), ("inspections", *_NOTED), "Finance Act 2008", "Schedule 36"),
    (FIRE, (COUNCIL,), ("inspections", *_NOTED), "Fire and Rescue Services Act 2004", "section 5A"),
    (FIRE, (IMMIGRATION,), ("concern-cards",), "Immigration and Asylum Act 1999", "section 20"),
    (IMMIGRATION, (COUNCIL, FIRE), ("intelligence", *_NOTED), "Immigration and Asylum Act 1999", "section 21"),
    (HMRC, (COUNCIL,), ("visits", "visit-outcomes"), "Revenue and Customs Act 2005", "section 18(2)(a)"),
    (GLA, (COUNCIL,), ("visits",), "Gangmasters (Licensing) Act 2004", "section 19"),
    (POLICE, (COUNCIL,), ("intelligence",), "Crime and Disorder Act 1998", "section 115"),
)
_KNOWN = (
    (POLICE, (COUNCIL,), ("visits",), "Crime and Disorder Act 1998", "section 115", RING),
    (COUNCIL, (GLA,), ("visits",), "Gangmasters (Licensing) Act 2004", "section 19", "Ealing licensing desk"),
)


def write_rules(folder: Path) -> Path:
    gateways = [_gateway(*one) for one in _GATEWAYS]
    gateways += [_gateway(*one, grant="known", contact=contact) for *one, contact in _KNOWN]
    stated = {
        "id": "ealing",
        "title": "Ealing, made up",
        "agencies": [{"id": id_, "title": _title(id_), "classes": [*classes]} for id_, classes in _CLASSES.items()],
        "categories": ["inspections", "intelligence", "case-records"],
        "stream_purpose": TOGETHER,
        "legal_gateways": gateways,
    }
    file = folder / "partnership.yaml"
    file.write_text(yaml.safe_dump(stated))
    return file


def _title(agency: str) -> str:
    return agency.upper() if len(agency) < 5 else agency.replace("-", " ").title()


def _gateway(
    owner: str, to: tuple[str, ...], categories: tuple[str, ...], statute: str, section: str, **more: str
) -> dict[str, Any]:
    return {
        "id": "-".join((owner, *to, categories[0])),
        "from": [owner],
        "to": [*to],
        "categories": [*categories],
        "purposes": [TOGETHER],
        "grant": "full",
        "statute": statute,
        "section": section,
        "starts": "2020-01-01",
        "status": "active",
        "legal_review": {"by": "made up for this test", "day": "2020-01-01"},
        "signatures": [{"agency": owner, "by": "its head", "day": "2020-01-01"}],
        **more,
    }
