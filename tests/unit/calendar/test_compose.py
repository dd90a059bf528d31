"""The composer against the cases of the evaluation (¶45, ¶47, ¶50 to ¶52, ¶57 to ¶62)."""

from datetime import timedelta

from services.calendar.domain.compose import Partner
from services.calendar.domain.compose.look import MOST
from services.calendar.domain.policy import as_shipped
from shared.contracts.api.calendar.composer import Ease, LookFor, TeamClashKind
from shared.contracts.api.calendar.powers import NoticeUnit, PremisesKind
from tests.unit.calendar.build import PARTNERS, TODAY, agencies, attendee, composed, concern

HMO = (PremisesKind.hmo,)
STORAGE = (PremisesKind.closed_storage,)


def kinds(proposal):
    return {clash.kind for clash in proposal.clashes}


def test_hmo_licensing_leads_where_immigration_enforcement_has_no_warrant():
    proposal = composed(
        concern("immigration", "immigration", weight=4.0), concern("housing", "housing", weight=1.5), premises=HMO
    )
    assert agencies(proposal) == ["housing", "immigration"]
    assert attendee(proposal, "housing").entry.ease is Ease.open
    assert attendee(proposal, "immigration").entry.ease is Ease.warrant
    assert "Housing needs no warrant." in proposal.lead_because
    assert "Immigration needs a warrant." in proposal.lead_because


def test_immigration_enforcement_gets_in_by_being_named_on_the_warrant_of_hmo_licensing():
    concerns = concern("immigration", "immigration"), concern("housing", "housing")
    advice = composed(*concerns, premises=HMO).warrants[0]
    assert (advice.agency, advice.power, advice.names) == ("housing", "housing-2004-s240-warrant", ("immigration",))

    held = {"holder": "housing", "power": advice.power, "names": ["immigration"], "premises": HMO}
    named = composed(*concerns, premises=HMO, warrants=[{**held, "valid_until": TODAY}])
    assert attendee(named, "immigration").entry.ease is Ease.named
    assert named.warrants == ()

    expired = composed(*concerns, premises=HMO, warrants=[{**held, "valid_until": TODAY - timedelta(days=1)}])
    assert attendee(expired, "immigration").entry.ease is Ease.warrant


def test_a_council_of_many_powers_goes_in_under_the_one_that_is_most_about_the_premises():
    council = Partner("council", "Council", ("environmental-health", "housing-authority"))
    concerns = concern("food-hygiene", "council"), concern("housing", "council"), concern("immigration", "immigration")
    partners = (council, *(one for one in PARTNERS if one.id == "immigration"))
    proposal = composed(*concerns, premises=(PremisesKind.business, *HMO), partners=partners)
    entry = attendee(proposal, "council").entry
    assert entry.powers == ("food-safety-1990-s32-entry", "housing-2004-s239-offence-entry")
    assert (proposal.warrants[0].power, proposal.warrants[0].names) == ("housing-2004-s240-warrant", ("immigration",))


def test_immigration_enforcement_needs_no_warrant_where_alcohol_is_sold():
    proposal = composed(concern("immigration", "immigration"), premises=(PremisesKind.alcohol_licensed,))
    assert attendee(proposal, "immigration").entry.powers == ("licensing-2003-s179-immigration-entry",)


def test_the_police_ask_for_the_warrant_where_the_intelligence_of_trading_standards_is_stale():
    stale = concern("trading-standards", "trading-standards", weight=4.0, days_ago=60)
    proposal = composed(stale, concern("crime", "police", days_ago=5), premises=STORAGE, force=True)
    assert agencies(proposal) == ["police", "trading-standards"]
    advice = proposal.warrants[0]
    assert (advice.agency, advice.names) == ("police", ("trading-standards",))
    assert "Without intelligence of its own that is so fresh: Trading standards." in advice.sentences


def test_trading_standards_ask_themselves_where_their_intelligence_is_the_fresher():
    fresh = concern("trading-standards", "trading-standards", weight=4.0, days_ago=5)
    proposal = composed(fresh, concern("crime", "police", days_ago=60), premises=STORAGE, force=True)
    assert agencies(proposal)[0] == "trading-standards"
    assert proposal.warrants[0].agency == "trading-standards"


def test_a_warrant_that_nobody_can_support_says_so():
    proposal = composed(concern("crime", "police", days_ago=60), premises=STORAGE, force=True)
    assert "nobody attending has intelligence of the last 28 days" in proposal.warrants[0].sentences[0]


def test_hmrc_leads_on_alcohol_without_duty_since_it_need_not_prosecute():
    proposal = composed(
        concern("trading-standards", "trading-standards", weight=4.0),
        concern("excise-duty", "trading-standards", weight=2.0),
    )
    assert agencies(proposal) == ["hmrc", "trading-standards"]
    assert attendee(proposal, "hmrc").sanctions[0].without_prosecution
    assert any("would have to prosecute" in sentence for sentence in proposal.lead_because)


def test_two_officers_not_eight():
    proposal = composed(concern("immigration", "immigration", days_ago=10))
    assert (proposal.officers, proposal.would_have_sent) == (2, 8)
    assert "2, not the 8" in attendee(proposal, "immigration").officers_because


def test_more_officers_where_more_people_are_expected_and_never_more_than_alone():
    immigration = concern("immigration", "immigration")
    assert composed(immigration, people_sought={"immigration": 3}).officers == 4
    assert composed(immigration, people_sought={"immigration": 30}).officers == 8


def test_eight_officers_where_nothing_recent_says_what_to_expect():
    old = as_shipped().staffing.current_for_days + 1
    assert composed(concern("immigration", "immigration", days_ago=old)).officers == 8


def test_nobody_goes_in_alone():
    assert composed(concern("food-hygiene", "food")).officers == 2
    assert attendee(composed(concern("food-hygiene", "food"), concern("housing", "housing")), "food").officers == 1


def test_never_more_agencies_than_have_a_reason_to_come():
    proposal = composed(concern("food-hygiene", "food"), concern("fire-safety", "fire", weight=1.0))
    assert set(agencies(proposal)) == {"food", "fire"}
    assert {one.agency for one in proposal.left_out} == {partner.id for partner in PARTNERS} - {"food", "fire"}
    assert all("No live concern" in one.why for one in proposal.left_out)


def test_nobody_comes_where_there_is_no_concern():
    proposal = composed()
    assert proposal.attendees == ()
    assert len(proposal.left_out) == len(PARTNERS)


def test_who_enforces_a_regime_comes_for_what_another_agency_saw():
    proposal = composed(concern("tax", "food"))
    assert agencies(proposal) == ["hmrc"]
    assert "records of partners" in attendee(proposal, "hmrc").reasons[0].sentence


def test_who_recorded_a_concern_comes_for_it_where_nobody_is_known_to_enforce_it():
    assert agencies(composed(concern("taxi-licensing", "police"))) == ["police"]


def test_routine_trading_standards_give_two_working_days_of_notice_and_on_suspicion_none():
    routine = composed(concern("trading-standards", "trading-standards"), purpose="supportive", announced=True)
    notice = attendee(routine, "trading-standards").entry.notice[0]
    assert (notice.length, notice.unit) == (2, NoticeUnit.working_days)
    suspicion = composed(concern("trading-standards", "trading-standards"))
    assert attendee(suspicion, "trading-standards").entry.notice == ()


def test_notice_by_one_that_would_announce_the_visit_of_all_is_a_clash():
    concerns = concern("food-hygiene", "food"), concern("immigration", "immigration")
    dwelling = composed(*concerns, premises=(PremisesKind.dwelling,))
    assert TeamClashKind.notice in kinds(dwelling)
    assert TeamClashKind.notice not in kinds(composed(*concerns, premises=(PremisesKind.dwelling,), announced=True))


def test_support_and_enforcement_on_one_visit_clash_and_so_do_uniforms_and_plain_clothes():
    concerns = concern("food-hygiene", "food"), concern("immigration", "immigration")
    assert {TeamClashKind.approach, TeamClashKind.uniform} <= kinds(composed(*concerns))
    agreed = {"approach": "enforcement", "uniformed": False}
    assert kinds(composed(*concerns, manners={"food": agreed, "immigration": agreed})) == set()


def test_a_visit_by_everybody_is_flagged():
    regimes = {"food-hygiene": "food", "fire-safety": "fire", "housing": "housing", "tax": "hmrc"}
    regimes |= {"immigration": "immigration", "crime": "police", "trading-standards": "trading-standards"}
    everybody = composed(*(concern(regime, agency) for regime, agency in regimes.items()))
    assert {TeamClashKind.everybody, TeamClashKind.crowd} <= kinds(everybody)


def test_the_hardest_of_several_premises_decides_who_leads():
    concerns = concern("food-hygiene", "food", weight=1.0), concern("immigration", "immigration", weight=4.0)
    proposal = composed(*concerns, premises=(PremisesKind.business, PremisesKind.hmo))
    assert agencies(proposal)[0] == "food"
    assert len(attendee(proposal, "immigration").entry.sentences) == 2


def test_the_chair_overrides_with_a_reason_and_the_proposal_says_what_was_changed():
    concerns = concern("immigration", "immigration"), concern("housing", "housing"), concern("fire-safety", "fire")
    override = {"reason": "Rescue crews are busy", "lead": "police", "leave_out": ["fire"], "officers": {"housing": 1}}
    proposal = composed(*concerns, premises=HMO, override=override)
    assert agencies(proposal)[0] == "police"
    assert attendee(proposal, "housing").officers == 1
    assert proposal.overridden is not None
    assert proposal.overridden.by_reason == "Rescue crews are busy"
    assert len(proposal.overridden.changes) == 4
    assert TeamClashKind.entry in kinds(proposal)
    assert {one.agency: one.why for one in proposal.left_out}["fire"] == "The chair decided so."


def test_what_a_visit_leaves_behind_is_told_for_each_agency():
    follow_up = attendee(composed(concern("trading-standards", "trading-standards")), "trading-standards").follow_up
    assert follow_up.officer_days == 3.5  # 55 exhibits of 0.05 days and 0.3 interviews of 2.5
    assert "55 exhibits" in follow_up.parts[0]


def indicator(agency: str, regime: str, number: int = 1) -> LookFor:
    said = {"text": "Rats", "look_for": "Droppings", "scope": "Do not move anything", "instruction": "Note if seen"}
    return LookFor(indicator_id=f"{agency}-{number}", agency=agency, regime=regime, **said)


def test_each_looks_for_a_handful_of_its_own_and_notes_one_for_each_who_does_not_come():
    library = (
        *(indicator("food", "food-hygiene", number) for number in range(9)),
        indicator("food", "licensing"),
        *(indicator("police", "crime", number) for number in range(3)),
    )
    proposal = composed(concern("food-hygiene", "food"), indicators=library)
    assert len(attendee(proposal, "food").looks_for) == MOST
    assert {one.regime for one in attendee(proposal, "food").looks_for} == {"food-hygiene"}
    assert [one.agency for one in proposal.note_if_seen] == ["police"]
    assert proposal.not_known == ()


def test_a_library_that_does_not_answer_is_said_and_stops_no_planning():
    proposal = composed(concern("food-hygiene", "food"), indicators=None)
    assert "does not answer" in proposal.not_known[0]
    assert agencies(proposal) == ["food"]


def test_every_sentence_names_the_policy_it_follows_and_that_it_needs_review():
    proposal = composed(concern("tax", "hmrc"))
    assert all("review needed" in policy for policy in proposal.policies)
    assert "legal review needed" in proposal.caution
