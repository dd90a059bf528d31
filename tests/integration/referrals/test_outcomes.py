"""What a visit came to reaches the officer whose card led to it, a year on as well, as far as a power lets it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.referrals.handlers.outcomes import visited
from shared.contracts.api.calendar.words import OutcomeKind
from shared.contracts.envelope import Event
from shared.contracts.events.calendar import VisitOutcome
from shared.runtime.reread import Reread
from shared.sharing import load_partnership
from tests.integration.referrals.beat import Beat

OFFICER = "council/ann"
A_YEAR_ON = datetime(2099, 12, 1, 12, tzinfo=UTC)


@pytest.fixture
async def referral(beat: Beat) -> str:
    """A council officer's card, closed by the fire service."""
    fire = await beat.adopt("fire")
    id_ = str((await beat.file(OFFICER, fire["blocked-exits"]))["has_it"][0]["referral_id"])
    await beat.step("fire/bob", id_, "accept", 1)
    await beat.step("fire/bob", id_, "close", 2, feedback="helpful")
    return id_


async def tell(
    beat: Beat,
    referral: str,
    agency: str = "fire",
    visit_agency: str = "fire",
    at: datetime = A_YEAR_ON,
    taken_back: bool = False,
) -> None:
    outcome = VisitOutcome(
        visit_id="vis_1",
        outcome_id="out_1",
        agency=agency,
        visit_agency=visit_agency,
        kind=OutcomeKind.penalty,
        regime="fire-safety",
        found_on=date(2099, 11, 30),
        late=True,
        taken_back=taken_back,
        referrals=(referral, "ref_" + "0" * 32),
    )
    event: Event[Any] = Event(
        id="evt_1",
        source="/calendar",
        type="uk.joinedup.visit.outcome.v1",
        subject="vis_1",
        partitionkey="vis_1",
        time=at,
        data=outcome,
    )
    handle = visited(Reread(beat.folder / "partnership.yaml", load_partnership))
    async with beat.database.transaction() as tx:
        await handle([event], tx)


async def last_line(beat: Beat, what: str = "says") -> str:
    (card,) = (await beat.get(OFFICER, "/v1/cards/mine"))["items"]
    return str((await beat.get(OFFICER, f"/v1/cards/{card['card_id']}"))["history"][-1][what])


async def test_an_officer_hears_of_a_late_outcome(beat: Beat, referral: str) -> None:
    await tell(beat, referral)
    assert await last_line(beat) == "Fire told what a visit came to: Penalty (fire safety), 30 November 2099."
    assert await last_line(beat, "part") == "outcome"
    name, told = (await beat.said())[-1]
    assert (name, told["late"], told["feedback"], told["by_agency"]) == ("feedback.given", True, None, "fire")
    await tell(beat, referral, taken_back=True)
    assert (await last_line(beat)).endswith("Penalty (fire safety), 30 November 2099, taken back since.")


async def test_without_a_power_nothing_of_it_is_told_not_even_that_there_is_something(
    beat: Beat, referral: str
) -> None:
    before = [await last_line(beat), await beat.said()]
    beat.rules("fire-to-council")
    await tell(beat, referral)
    assert [await last_line(beat), await beat.said()] == before
    history = (await beat.get("fire/bob", f"/v1/referrals/{referral}"))["history"]
    assert history[-1]["words"] == "Penalty (fire safety), 30 November 2099"
    beat.rules()
    assert (await last_line(beat)).startswith("Fire told what a visit came to: Penalty")


async def test_a_visit_that_claims_anothers_referral_says_nothing(beat: Beat, referral: str) -> None:
    before = [await last_line(beat), await beat.said()]
    await tell(beat, referral, visit_agency="border")
    assert [await last_line(beat), await beat.said()] == before
