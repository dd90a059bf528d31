from datetime import date
from enum import StrEnum

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.runtime.remedies import field_problem


class Colour(StrEnum):
    red = "red"
    green = "green"


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: int = Field(default=1, le=200)
    on: date | None = None
    ref: str = Field(default="a1", pattern=r"^[a-z][0-9]$", max_length=4)
    colour: Colour = Colour.red


@pytest.mark.parametrize(
    ("asked", "remedy"),
    [
        ({"limit": "many"}, "Give a whole number."),
        ({"limit": 5000}, "Give a value that is less than or equal to 200."),
        ({"on": "2031-13-01"}, "Give a day that exists, as YYYY-MM-DD."),
        ({"ref": "Secret"}, "Give at most 4 characters."),
        ({"ref": "!!"}, "Give a text of the documented form."),
        ({"colour": "Secret"}, "Give a value that is 'red' or 'green'."),
        ({"secret": "Secret"}, "Remove the fields that the description of this API does not list."),
    ],
)
def test_what_was_wrong_is_said_as_what_to_do_and_repeats_nothing(asked: dict[str, object], remedy: str) -> None:
    with pytest.raises(ValidationError) as wrong:
        Asked.model_validate(asked)
    (found,) = [field_problem(fault) for fault in wrong.value.errors()]  # type: ignore[arg-type]
    assert found.remedy == remedy
    assert "secret" not in found.model_dump_json().lower()
