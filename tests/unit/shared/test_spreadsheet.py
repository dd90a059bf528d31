"""A spreadsheet runs nothing that stands in a table of ours."""

import pytest

from shared.contracts.spreadsheet import inert


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\uff1d", " =", "\t", "\n", "\u00a0+"])
def test_a_cell_that_a_spreadsheet_would_run_is_a_text(begins: str) -> None:
    assert inert(f"{begins}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("cell", ["", "Fish=Chips", "12-14 High Street", "'t Hoekje", " Golden Wok"])
def test_any_other_cell_is_as_it_was(cell: str) -> None:
    assert inert(cell) == cell
