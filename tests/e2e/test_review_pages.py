"""An analyst answers what only a person can tell, is warned, takes it back."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest

from tests.e2e.pages import Site
from tests.e2e.reviewing import DOORS, asked, following, reviewed
from tests.e2e.test_planning_pages import shown, words_of
from tests.integration.gateway.browsing import Browser


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with reviewed(tmp_path_factory.mktemp("review")) as found:
        yield found


@pytest.fixture
def analyst(there: Site) -> Iterator[Browser]:
    with Browser(there.url) as browser:
        yield browser.sign_in("council", "analyst")


def test_the_next_question_shows_both_records_why_and_what_would_change_it(analyst):
    words = shown(analyst.get("/review"))
    assert "As one business it would" in words
    assert "Kitchen" in words
    assert "Ali and Sons Trading" in words
    assert "Why they are" in words
    assert "What would change it If " in words
    assert "What each comparison counts for" in words


def test_a_question_that_was_answered_is_not_asked_again_until_the_answer_is_taken_back(analyst):
    page = analyst.get("/review")
    question = asked(page)
    taken = analyst.submit(question, verdict="different", reason="Two doors, I was there")
    assert "Different businesses : Council, by" in shown(taken)
    assert asked(analyst.get("/review")) != question
    assert "Two doors, I was there" in shown(analyst.get("/decisions"))
    (undo,) = re.findall(r'action="(/decisions/[^"]+)"', analyst.get(question).text)
    assert "Taken back" in shown(analyst.submit(undo, reason="The wrong street"))
    assert asked(analyst.get("/review")) == question
    assert "no longer counts" in shown(analyst.get("/decisions"))


def test_a_decision_joins_two_businesses_and_what_it_goes_against_is_said(analyst):
    question = asked(analyst.get("/review"))
    before = set(re.findall(r'href="/businesses/(biz_\w+)', analyst.get(question).text))
    assert len(before) == 2
    taken = analyst.submit(question, verdict="same", reason="One owner, one till")
    assert "The two records are now one business" in shown(taken)
    against = re.findall(r'role="alert"><h2>It goes against something</h2><p>([^<]+)</p>', taken.text)
    assert re.match("The two records alone (do not say enough for|speak against) it: ", against[0])
    after = set(re.findall(r'href="/businesses/(biz_\w+)', analyst.get(question).text))
    assert len(after) == 1
    (undo,) = re.findall(r'action="(/decisions/[^"]+)"', taken.text)
    assert "The two records are now two businesses" in shown(analyst.submit(undo, reason="Not so after all"))


def test_questions_that_are_left_come_one_after_the_other_and_the_queue_ends(analyst):
    seen, page = [], analyst.get("/review")
    while 'name="verdict"' in page.text:
        seen.append(asked(page))
        if "/review?cursor=" not in page.text:
            break
        page = analyst.get(f"/review?cursor={following(page)}")
    assert len({*seen}) == len(seen) == DOORS


def test_an_answer_without_a_reason_is_not_taken_and_the_page_says_why(analyst):
    question = asked(analyst.get("/review"))
    refused = analyst.submit(question, verdict="same", reason=" ")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text
    assert "reason:" in words_of(refused)
    assert asked(refused) == question


def test_who_may_not_decide_sees_the_two_and_no_buttons(there, analyst):
    question = asked(analyst.get("/review"))
    with Browser(there.url) as officer:
        officer.sign_in("council", "officer")
        page = officer.get(question)
        assert "Ali and Sons Trading" in shown(page)
        assert 'name="verdict"' not in page.text
        assert officer.submit(question, verdict="same", reason="I say so").status_code == 403
        assert officer.get("/hubs").status_code == 403


def test_records_that_one_may_not_see_are_on_no_page(there, analyst):
    question = asked(analyst.get("/review"))
    with Browser(there.url) as stranger:
        stranger.sign_in("hmrc", "analyst")
        assert stranger.get(question).status_code == 404
        assert stranger.submit(question, verdict="same", reason="I say so").status_code == 404
        assert "Nothing is left to ask" in shown(stranger.get("/review"))


def told(there: Site, question: str, agency: str = "council") -> dict[str, Any]:
    """What the API says of the two records that a page compares."""
    with there.api(agency, "analyst") as api:
        first, second = question.removeprefix("/compare/").split("/")
        found: dict[str, Any] = api.get(f"/v1/records/{first}/compare/{second}").raise_for_status().json()
    return found


def test_a_comparison_shows_all_that_the_linker_says_of_the_two(there, analyst):
    question = asked(analyst.get("/review"))
    said, words = told(there, question), shown(analyst.get(question))
    assert "As things stand they are two businesses" in words
    assert f"The evidence counts {said['weight']:.1f} bits; {said['threshold']:g} are needed" in words
    titles = {"council": "Council: food", "fire": "Fire: fire safety"}
    a, b = said["records"]
    assert f"{titles[a['agency']]} {titles[b['agency']]}" in words
    assert f"Name {a['names'][0]['value']} {b['names'][0]['value']}" in words
    assert f"Address {a['address']} {b['address']}" in words
    assert {"Takeaway Not said", "Not said Takeaway"} & {*re.findall(r"Kind of business (\w+ \w+ \w+)", words)}
    assert f"{said['a']['feed']}, {said['a']['source_ref']}" in words
    assert "Why they are two" in words
    assert said["sentences"]
    for sentence in said["sentences"]:
        assert sentence in words
    for step in said["waterfall"]:
        assert f"{step['sentence']} {step['bits']:+.1f}" in words
    assert f"Together {said['weight']:+.1f}" in words
    for one in said["what_would_change_it"]:
        assert one["sentence"] in words


def test_after_an_answer_the_queue_goes_on_where_it_was(analyst):
    first = analyst.get("/review")
    then = unquote(following(first))
    assert f'name="then" value="{then}"' in first.text
    taken = analyst.submit(asked(first), verdict="unsure", reason="Nobody was in", then=then)
    assert "Taken down Could not tell : Council" in shown(taken)
    assert f"/review?cursor={following(first)}" in taken.text
    assert f'name="then" value="{then}"' in taken.text
    (again,) = re.findall(r'href="(/compare/[^"]+)">Both records again', taken.text)
    assert {*again.split("/")} == {*asked(first).split("/")}
    assert asked(analyst.get(f"/review?cursor={following(taken)}")) != asked(first)
    (undo,) = re.findall(r'action="(/decisions/[^"]+)"', taken.text)
    assert (
        analyst.submit(undo, reason="Somebody was in", then=then).text.count(f"/review?cursor={following(first)}") == 1
    )


def test_what_was_written_is_kept_where_an_answer_is_not_taken(analyst):
    refused = analyst.submit(asked(analyst.get("/review")), verdict="perhaps", reason="A long <b>story</b>")
    assert refused.status_code == 422
    assert "A long &lt;b&gt;story&lt;/b&gt;</textarea>" in refused.text


def test_what_two_agencies_decide_against_each_other_is_shown_on_both_sides(there, analyst):
    question = asked(analyst.get("/review"))
    with Browser(there.url) as other:
        other.sign_in("fire", "analyst")
        undone = [(analyst, analyst.submit(question, verdict="same", reason="One till"))]
        undone.append((other, other.submit(question, verdict="different", reason="Two tills")))
        conflicts = told(there, question)["conflicts"]
        assert conflicts
        words = shown(analyst.get(question))
        for sentence in conflicts:
            assert f"Decisions that cannot all be followed {sentence}" in words
        assert "The same business : Council, by" in words
        assert "Different businesses : Fire, by" in words
        for browser, taken in undone:
            (undo,) = re.findall(r'action="(/decisions/[^"]+)"', taken.text)
            assert browser.submit(undo, reason="Not so after all").status_code == 200
