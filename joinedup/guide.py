"""What a newcomer may try while the demonstration runs: a tasking meeting in three commands."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

_GUIDE = """
A tasking meeting, in another terminal (what each field means is at {url}/v1/openapi.json):

  TOKEN=$(curl -s {url}/dev/token --json '{person}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
  1. The ten to talk about, and why:
     curl -s -H "Authorization: Bearer $TOKEN" {url}/v1/tasking/lists --json '{{}}'
  2. Who should go to the worst of them, who leads and by which power, and how many:
     curl -s -H "Authorization: Bearer $TOKEN" {url}/v1/visits/compose --json '{case}'
  3. Plan the visit; the answer's advice says what to think of:
     curl -s -H "Authorization: Bearer $TOKEN" {url}/v1/visits --json '{visit}'

The same at more length: docs/how-to/tasking-meeting.md."""


def guide(url: str, agency: str, business_id: str, today: date) -> str:
    """As a tasking chair of the agency, who sees the business."""
    return _GUIDE.format(
        url=url,
        person=json.dumps({"agency": agency, "roles": ["tasking_chair"]}),
        case=json.dumps({"business_id": business_id}),
        visit=json.dumps(_visit(business_id, today)),
    )


def _visit(business_id: str, today: date) -> Mapping[str, Any]:
    day = today + timedelta(days=7)
    return {
        "place": {"business_id": business_id},
        "when": {"starts": f"{day}T10:00", "ends": f"{day}T11:00"},
        "terms": {"purpose": "mixed", "regimes": ["food-hygiene"]},
    }
