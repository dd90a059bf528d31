"""What a wish to switch makes of where things stand."""

import pytest

from services.linker.domain.switching import Phase, Standing, Unswitchable, changed_over, emptied, switched

CALM = Standing("one")
RELINKING = Standing("one", "two", Phase.relinking, 400)
COMPARING = Standing("one", "two", Phase.comparing, 400)
CLEARING = Standing("two", "one", Phase.clearing, 400)


def test_a_switch_begins_with_the_first_record() -> None:
    assert switched(CALM, "two") == Standing("one", "two", Phase.relinking, 0)


def test_asking_again_for_the_same_changes_nothing() -> None:
    assert switched(CALM, "one") == CALM
    assert switched(RELINKING, "two") == RELINKING
    assert switched(COMPARING, "two") == COMPARING
    assert switched(CLEARING, "two") == CLEARING


@pytest.mark.parametrize("now", [RELINKING, COMPARING])
def test_switching_to_the_version_in_force_calls_a_switch_off_and_clears_it_away(now: Standing) -> None:
    assert switched(now, "one") == Standing("one", "two", Phase.clearing, 0)


@pytest.mark.parametrize("now", [RELINKING, COMPARING, CLEARING])
def test_one_switch_at_a_time(now: Standing) -> None:
    with pytest.raises(Unswitchable, match="Wait for it"):
        switched(now, "three")


def test_what_is_being_cleared_away_cannot_be_switched_to() -> None:
    with pytest.raises(Unswitchable, match="cleared away"):
        switched(CLEARING, "one")


def test_the_change_over_exchanges_the_two_and_begins_to_clear() -> None:
    assert changed_over(COMPARING) == Standing("two", "one", Phase.clearing, 0)


@pytest.mark.parametrize("now", [CALM, RELINKING, CLEARING])
def test_only_what_was_compared_is_changed_over_to(now: Standing) -> None:
    with pytest.raises(Unswitchable):
        changed_over(now)


def test_a_rebuild_begins_a_switch_again() -> None:
    assert emptied(RELINKING) == emptied(COMPARING) == Standing("one", "two", Phase.relinking, 0)
    assert emptied(CLEARING) == CLEARING
    assert emptied(CALM) == CALM
