import pytest

from services.linker.domain.coverage import default_coverage_policy, warnings

POLICY = default_coverage_policy()


@pytest.mark.parametrize(
    ("businesses", "expected"),
    [
        ({}, ["You see no record"]),
        ({"fire": 500}, ["All records here are of one agency, fire"]),
        ({"fire": 500, "food": 480}, []),
        ({"fire": 19, "food": 20}, ["fire has records of only 19 businesses here"]),
        ({"fire": 1, "food": 20}, ["fire has records of only 1 business here"]),
        ({"fire": 200, "food": 2000}, ["food has records of 2,000 businesses here and fire of 200: the comparison is"]),
        ({"fire": 201, "food": 2000}, []),
        ({"fire": 15, "food": 2000, "tax": 100}, ["fire has records of only 15", "food has records of 2,000"]),
    ],
)
def test_a_comparison_that_is_too_small_or_lopsided_is_said(businesses: dict[str, int], expected: list[str]) -> None:
    found = warnings(businesses, POLICY)
    assert len(found) == len(expected)
    assert all(sentence.startswith(begin) for sentence, begin in zip(found, expected, strict=True))


def test_the_thresholds_are_data_with_a_source_and_marked_for_review() -> None:
    assert POLICY.status == "review needed"
    assert "paragraph 25" in POLICY.source
