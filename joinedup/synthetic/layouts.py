"""Each agency's own export: its column names, its way with addresses and dates, its reference numbers.

A layout turns one sighting and the agency's own reference into a row: column → text, "" for nothing.
"""

from collections.abc import Callable
from datetime import date

from joinedup.synthetic.places import COUNTY
from joinedup.synthetic.sightings import Sighting

Row = dict[str, str]
Layout = Callable[[Sighting, str], Row]

_FOOD_TYPES = {
    "takeaway": "Takeaway/sandwich shop", "restaurant": "Restaurant/Cafe/Canteen", "shop": "Retailers - other",
    "pub": "Pub/bar/nightclub", "hotel": "Hotel/bed & breakfast/guest house",
    "care": "Hospitals/Childcare/Caring Premises", "farm": "Farmers/growers",
}  # fmt: skip


def food_hygiene(s: Sighting, ref: str) -> Row:
    return {
        "FHRSID": ref,
        "BusinessName": s.name or "",
        "BusinessType": _FOOD_TYPES.get(s.sector, "Other catering premises"),
        "AddressLine1": _room(s),
        "AddressLine2": _door(s),
        "AddressLine3": s.town or "",
        "AddressLine4": COUNTY if s.town else "",
        "PostCode": s.postcode or "",
        "Telephone": s.phone or "",
        "Operator.Name": s.person or "",
        "Operator.CompanyNumber": s.company_number or "",
        "RatingValue": s.rating,
        "RatingDate": s.observed.isoformat(),
        "Status": "Trading" if s.trading else "Ceased",
        "Geocode.Longitude": str(s.position[1]) if s.position else "",
        "Geocode.Latitude": str(s.position[0]) if s.position else "",
    }


def fire_audits(s: Sighting, ref: str) -> Row:
    return {
        "File No": ref,
        "Occupier": s.name or "",
        "Premises address": ", ".join(filter(None, (_room(s), _door(s), s.town))),
        "Post Code": s.postcode or "",
        "Use": s.sector.title(),
        "Responsible Person": s.person or "",
        "Contact Tel": s.phone or "",
        "Co. Reg. No": s.company_number or "",
        "Last Audit": _british(s.observed),
        "Audit Outcome": s.rating,
        "Notice Complied": _british(s.closed),
    }


def trading_standards(s: Sighting, ref: str) -> Row:
    return {
        "Complaint Ref": ref,
        "Trader": s.name or "",
        "Registered Name": s.legal or "",
        "Address": ", ".join(filter(None, (_room(s), _door(s)))),
        "Town": s.town or "",
        "Postcode": s.postcode or "",
        "Tel": s.phone or "",
        "Email": s.email or "",
        "Company No": s.company_number or "",
        "RAG": s.rating,
        "Received": _british(s.observed),
        "Closed": _british(s.closed),
    }


def police_premises(s: Sighting, ref: str) -> Row:
    return {
        "OCC_ID": ref,
        "PREMISES_NAME": s.name or "",
        "LOC_BLDG": _room(s).upper(),
        "LOC_STREET": _door(s).upper(),
        "LOC_TOWN": (s.town or "").upper(),
        "LOC_PCODE": (s.postcode or "").replace(" ", ""),
        "LAST_EVENT": s.observed.strftime("%d-%m-%Y"),
        "NOMINAL": (s.person or "").upper(),
        "DOB": s.born.strftime("%d-%m-%Y") if s.born else "",
        "GRADING": s.rating,
    }


def immigration_visits(s: Sighting, ref: str) -> Row:
    return {
        "Ref": ref,
        "Business / trading as": s.name or "",
        "Company": s.legal or "",
        "CRN": s.company_number or "",
        "Address 1": ", ".join(filter(None, (_room(s), _door(s)))),
        "Address 2": s.town or "",
        "PostCode": s.postcode or "",
        "Owner": s.person or "",
        "Owner DOB": s.born.isoformat() if s.born else "",
        "Mobile": s.phone or "",
        "Priority": s.rating,
        "Date of visit": s.observed.isoformat(),
        "Penalty paid": s.closed.isoformat() if s.closed else "",
    }


def hmrc_compliance(s: Sighting, ref: str) -> Row:
    return {
        "caseId": ref,
        "taxpayerName": s.legal or s.name or "",
        "tradingName": (s.name or "") if s.legal else "",
        "crn": s.company_number or "",
        "proprietor": s.person or "",
        "proprietorDob": s.born.isoformat() if s.born else "",
        "addressLine": ", ".join(filter(None, (_room(s), _door(s), s.town))),
        "postcode": s.postcode or "",
        "telephone": s.phone or "",
        "email": s.email or "",
        "riskBand": s.rating,
        "opened": s.observed.isoformat(),
        "closed": s.closed.isoformat() if s.closed else "",
    }


def premises_licences(s: Sighting, ref: str) -> Row:
    return {
        "licence": ref,
        "premises_name": s.name or "",
        "formerly": s.former or "",
        "address_1": _room(s),
        "address_2": _door(s),
        "town": s.town or "",
        "postcode": s.postcode or "",
        "licence_holder": s.legal or "",
        "company_number": s.company_number or "",
        "dps": s.person or "",
        "phone": s.phone or "",
        "email": s.email or "",
        "state": s.rating,
        "state_since": s.observed.isoformat(),
        "resolved": s.closed.isoformat() if s.closed else "",
        "trading": "Y" if s.trading else "N",
    }


def housing_hazards(s: Sighting, ref: str) -> Row:
    return {
        "Case": ref,
        "Property": " ".join(filter(None, (_room(s), _door(s)))),
        "Locality": s.town or "",
        "PCode": s.postcode or "",
        "Occupier / business": s.name or "",
        "Landlord": s.person or "",
        "Landlord tel": s.phone or "",
        "Landlord email": s.email or "",
        "Hazard": s.rating,
        "Inspected": _british(s.observed),
        "Remedied": _british(s.closed),
    }


def labour_providers(s: Sighting, ref: str) -> Row:
    return {
        "Urn": ref,
        "Business Name": s.legal or s.name or "",
        "Trading Name": (s.name or "") if s.legal else "",
        "Main Address": ", ".join(filter(None, (_room(s), _door(s), s.town, COUNTY))),
        "Post Code": s.postcode or "",
        "Principal Authority": s.person or "",
        "Principal Authority DOB": _british(s.born),
        "Telephone": s.phone or "",
        "E-mail": s.email or "",
        "Companies House No": s.company_number or "",
        "Case Grade": s.rating,
        "Case Opened": _british(s.observed),
        "Case Closed": _british(s.closed),
    }


def _room(s: Sighting) -> str:
    return ", ".join(filter(None, (s.unit, s.building)))


def _door(s: Sighting) -> str:
    return f"{s.number} {s.street}" if s.number else s.street


def _british(day: date | None) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if day else ""
