"""What a planner is told to think of: notice and travel, each by the policy that the partners agreed on."""

from datetime import date, datetime

from services.calendar.domain.advice import Plan, advice
from services.calendar.domain.london import LONDON
from services.calendar.domain.policy import as_shipped
from shared.contracts.api.calendar.policies import AgencyLeadTime, Journey

TODAY = date(2027, 3, 24)  # a Wednesday; Good Friday is the 26th, Easter Monday the 29th


def plan(day: int, *agencies: str, area: str = "UB1") -> Plan:
    begins, ends = (datetime(2027, 3, day, hour, tzinfo=LONDON) for hour in (10, 11))
    return Plan(begins, ends, is_window=False, agencies=agencies, area=area)


def policies(lead_times: tuple[AgencyLeadTime, ...] = (), journeys: tuple[Journey, ...] = ()):
    shipped = as_shipped()
    time = shipped.working_time
    changed = {
        "lead_time": time.lead_time.model_copy(update={"agencies": lead_times}),
        "travel": time.travel.model_copy(update={"journeys": journeys}),
    }
    values = {name: getattr(shipped, name) for name in shipped.__slots__}
    return type(shipped)(**values | {"working_time": time.model_copy(update=changed)})


def said(plan: Plan, known=None) -> list[tuple[str, str]]:
    return [(one.code, one.sentence) for one in advice(plan, TODAY, known or as_shipped())]


def test_notice_is_counted_in_clear_working_days_by_each_agencys_own_rule():
    words = "council asks for 3 clear working days; there are 2."
    assert said(plan(31, "council")) == [("short_notice", words)]
    slower = policies(lead_times=(AgencyLeadTime(agency="hmrc", working_days=10),))
    told = [sentence for _, sentence in said(plan(31, "council", "hmrc"), slower)]
    assert told == [words, "hmrc asks for 10 clear working days; there are 2."]


def test_who_comes_from_afar_is_to_prepare_by_video_and_only_for_the_areas_named():
    far = policies(journeys=(Journey(agency="immigration", areas=("TR", "PL"), minutes=180),))
    told = dict(said(plan(31, "immigration", area="TR1"), far))
    assert told["travel"] == "immigration travels about 180 minutes to TR: prepare by video first."
    assert "travel" not in dict(said(plan(31, "immigration", area="T1"), far))
    assert "travel" not in dict(said(plan(31, "council", area="TR1"), far))
