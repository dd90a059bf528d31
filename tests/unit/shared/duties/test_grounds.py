"""A request gives a ground for each law under which what it asks of is processed."""

import pytest

from shared.contracts.api.duties import NewDataRequest
from shared.contracts.law import Law
from shared.duties.exemptions import exemptions
from shared.duties.grounds import ground_for
from shared.duties.kinds import ItemKind
from shared.runtime.errors import Invalid

CARD = {"kind": "card", "id": "crd_1"}
ASKED = {"right": "erasure", "items": [CARD], "asked_by": "data_subject", "outcome": "granted"}


def test_the_ground_that_fits_the_law_is_the_one_that_is_noted():
    both = NewDataRequest(**ASKED, ground="no-longer-necessary", second_ground="part-3-must-erase")
    assert ground_for(both, Law.uk_gdpr).section == "article 17(1)(a)"
    assert ground_for(both, Law.part_3).section == "section 47(1)"
    one = NewDataRequest(**ASKED, ground="no-longer-necessary")
    with pytest.raises(Invalid) as refused:
        ground_for(one, Law.part_3)
    assert "part-3-must-erase" in refused.value.errors[0].remedy


@pytest.mark.parametrize(
    "wrong",
    [
        {"items": []},
        {"feed": "f"},
        {"right": "restriction"},
        {"right": "hold"},
        {"review_on": "2030-01-01"},
        {"right": "rectification"},
        {"words": {"text": "x"}},
        {"right": "rectification", "words": {"text": "x"}, "items": [CARD, CARD | {"id": "crd_2"}]},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(ValueError, match=r"Give|restricted"):
        NewDataRequest(**{**ASKED, "ground": "g", **wrong})


def test_exemptions_are_those_of_the_law_and_of_what_it_is():
    told = {one.id for one in exemptions(ItemKind.intelligence, Law.part_3, ongoing=True)}
    assert told == {"part-3-third-parties", "part-3-ongoing", "part-3-source"}
    assert [one.id for one in exemptions(ItemKind.minute, Law.uk_gdpr, ongoing=False)] == ["third-parties"]
