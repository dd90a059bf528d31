"""Who of many that ask at once gets the premises, or the change."""

import asyncio
from collections import Counter

from tests.integration.calendar.served import Calendar, slot


async def test_of_a_hundred_concurrent_bookings_one_is_confirmed_and_99_are_told_why(
    calendar: Calendar,
) -> None:
    agencies = [("council", "fire")[n % 2] for n in range(100)]
    made = [await calendar.plan(agency, None, slot(f"2027-02-{1 + n % 28:02}")) for n, agency in enumerate(agencies)]
    bookings = [calendar.confirm(visit, agency) for visit, agency in zip(made, agencies, strict=True)]
    answers = await asyncio.gather(*bookings)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 99}
    (winner,) = [answer.json() for answer in answers if answer.status_code == 200]
    for answer in answers:
        if answer.status_code == 409:
            told = answer.json()["clashes"]["clashes"]
            assert [one["visit_id"] for one in told if one["blocks"]] == [winner["visit_id"]]
            assert "Ring" in answer.json()["detail"]


async def test_of_twenty_who_change_one_version_at_once_one_does(calendar: Calendar) -> None:
    made = await calendar.plan()
    path, version = f"/v1/visits/{made['visit_id']}", made["version"]
    changes = [{"version": version, "when": slot(f"2027-03-{1 + n:02}")} for n in range(20)]
    answers = await asyncio.gather(*(calendar.call("PATCH", path, change) for change in changes))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert (await calendar.get(path))["version"] == version + 1
