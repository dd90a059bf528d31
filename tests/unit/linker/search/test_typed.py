import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.normalise import normalise
from services.linker.domain.search.said import words_of
from services.linker.domain.search.typed import MOST_TERMS, Kind, typed
from tests.unit.linker.build import person, record


def kinds(text: str) -> dict[str, str]:
    return {term.text: term.kind.value for term in typed(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Chicken Shop", {"chicken": "word", "shop": "word"}),
        ("ub1 1aa", {"ub1 1aa": "postcode"}),
        ("shop UB11AA", {"shop": "word", "UB11AA": "postcode"}),
        ("020 8574 1234", {"020 8574 1234": "number"}),
        ("+44 (0)20 8574-1234", {"+44 (0)20 8574-1234": "number"}),
        ("741234", {"741234": "number"}),
        ("SC123456", {"SC123456": "number"}),
        ("PI/000123", {"PI/000123": "number"}),
        ("KP-00003051", {"KP-00003051": "number"}),
        ("12/345/6", {"12/345/6": "number"}),
        ("12a 10-12 Broadway", {"12a": "word", "10": "word", "12": "word", "broadway": "word"}),
        ("Booze", {"booze": "word"}),
        ("7eleven", {"7eleven": "word"}),
        ("12 The Broadway", {"12": "word", "broadway": "word"}),
        ("info@blue.co.uk", {"info@blue.co.uk": "e-mail address"}),
        ("www.blue.co.uk/menu", {"www.blue.co.uk/menu": "e-mail address"}),
        ("High Street", {"high": "word"}),
        ("street", {"street": "word"}),
        ("unit 3 kernick park", {"3": "word", "kernick": "word", "park": "word"}),
        ("units", {"units": "word"}),
        ("vicarage hill", {"vicarage": "word", "hill": "word"}),
        ("The", {"the": "word"}),
        ("%_|", {}),
        ("", {}),
    ],
)
def test_what_is_typed_is_told_apart(text: str, expected: dict[str, str]) -> None:
    assert kinds(text) == expected


def test_only_the_word_at_the_end_may_still_be_being_typed() -> None:
    assert [term.is_last for term in typed("chicken sho")] == [False, True]
    assert [term.is_last for term in typed("chicken shop ")] == [False, False]
    assert [term.is_last for term in typed("chicken high street")] == [False, False]


def test_two_words_may_stand_as_one() -> None:
    assert "bluedoor" in typed("blue door")[0].words
    assert "bluedoor" in typed("blue door")[1].words


@pytest.mark.parametrize("text", ["02085741234", "8574 1234", "574-1234", "741234", "0044 20 8574 1234"])
def test_a_telephone_number_is_found_however_much_of_its_end_is_typed(text: str) -> None:
    (term,) = typed(text)
    words = words_of(normalise(record("Shop", phones=("+44 20 8574 1234",))), "1", None)
    assert words & {*term.words, *term.loosely}


@pytest.mark.parametrize("text", ["1234568", "01234568"])
def test_a_company_number_is_found_without_its_leading_zero(text: str) -> None:
    (term,) = typed(text)
    assert words_of(normalise(record("Shop", company_number="01234568")), "1", None) & set(term.words)


@given(st.text(max_size=300))
def test_any_text_gives_a_few_terms_each_with_words(text: str) -> None:
    terms = typed(text)
    assert len(terms) <= MOST_TERMS
    assert all(term.words and all(word and len(word) <= 41 for word in term.words) for term in terms)


@pytest.mark.parametrize(
    ("name", "lines", "text"),
    [
        ("Café Zoë", ("9 Rue Élan",), "cafe zoe"),
        ("Miner's Grill & Bar", ("1 A Road",), "miners grill and bar"),
        ("C.Y.C. Motors", ("Unit 14c, 2 B Road",), "CYC 14c"),
    ],
)
def test_what_is_typed_is_written_as_records_are(name: str, lines: tuple[str, ...], text: str) -> None:
    words = words_of(normalise(record(name, *lines, people=(person("Ann Lee"),))), "1", None)
    assert all(term.kind is Kind.word and words & set(term.words) for term in typed(text))
