import pytest

from services.linker.domain.naming import common_name


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], None),
        ([None, None], None),
        ([None, "Spice Hut"], "Spice Hut"),
        (["SPICE HUT", "Spice Hut", "Curry Corner"], "Spice Hut"),
        (["SPICE HUT", "SPICE HUT", "Spice Hut"], "Spice Hut"),
        (["Miners Grill & Bar", "Miner's Grill and Bar", "Other", "Other"], "Miner's Grill and Bar"),
        (["Miners Grill & Bar", "Other", "Other"], "Other"),
        (["Miners Grill & Bar", "Miner's Grill and Bar", "Miner's Grill and Bar", "Other"], "Miner's Grill and Bar"),
        (["B", "A"], "A"),
        (["KFC", "KFC"], "KFC"),
        (["***", "!!!"], "!!!"),
    ],
)
def test_the_name_on_most_records_in_its_best_spelling(names: list[str | None], expected: str | None) -> None:
    assert common_name(names) == expected
    assert common_name(reversed(names)) == expected
