import pytest

from services.linker.domain.naming import common_address, common_name


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


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([None], None),
        (["SOUTHALL", "SOUTHALL", "2 Lady Margaret Road, Southall"], "2 Lady Margaret Road, Southall"),
        (["Southall", "SOUTHALL"], "Southall"),
        (["12 The Broadway", "12 The Broadway, London, W5 2NP"], "12 The Broadway, London, W5 2NP"),
        (
            ["12 THE BROADWAY, W5 2NP", "12 The Broadway, W5 2NP", "1 Long Lane, London, SE1 1AA"],
            "12 The Broadway, W5 2NP",
        ),
    ],
)
def test_the_address_on_most_records_and_of_as_many_the_fullest(
    addresses: list[str | None], expected: str | None
) -> None:
    assert common_address(addresses) == expected
    assert common_address(reversed(addresses)) == expected
