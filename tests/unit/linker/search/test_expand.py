import pytest

from services.linker.domain.search.expand import (
    LOOKED_AT,
    Closeness,
    Expansion,
    expand,
    misspelt_beginnings,
    near,
    stem,
)
from services.linker.domain.search.match import in_short, matches
from services.linker.domain.search.rank import Hit, Place, plan, ranked, scored
from services.linker.domain.search.said import Said
from services.linker.domain.search.typed import Term, typed

VOCABULARY = ["chicken", "chickens", "chick", "china", "shop", "shops", "ship", "smith", "smyth", "southall"]


def only(text: str) -> Term:
    (term,) = typed(text)
    return term


def expansion(text: str, **counts: int) -> Expansion:
    term = only(text)
    return expand(term, near(term, counts), counts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("chiken ", {"chicken": "one letter different"}),
        ("chicken ", {"chickens": "one letter different"}),
        ("chikcen ", {"chicken": "one letter different"}),
        ("soutahl ", {}),
        ("southahl ", {"southall": "one letter different"}),
        ("soutthhall ", {"southall": "two letters different"}),
        ("shp ", {}),
        ("chick", {"chicken": "begins with it", "chickens": "begins with it"}),
        ("ch", dict.fromkeys(("chicken", "chickens", "chick", "china"), "begins with it")),
        ("c", {}),
    ],
)
def test_near_words_are_those_a_slip_or_an_unfinished_word_gives(text: str, expected: dict[str, str]) -> None:
    assert near(only(text), VOCABULARY) == expected


@pytest.mark.parametrize(
    "text", ["hicken", "hcicken", "vhicken", "cchicken", "cihcken", "cicken", "cjicken", "chhicken"]
)
def test_a_slip_in_the_first_two_letters_is_undone_by_trying(text: str) -> None:
    in_reach = near(only(text + " "), VOCABULARY) if stem(only(text)) == "ch" else {}
    assert "chicken" in misspelt_beginnings(only(text)) or "chicken" in in_reach


def test_numbers_are_never_taken_for_others() -> None:
    term = only("020 8574 1234")
    assert stem(term) is None
    assert misspelt_beginnings(term) == ()
    assert near(term, ["=442085741235"]) == {"#741234": Closeness.ending}
    assert near(only("1234 "), ["1235"]) == {}


def test_exact_comes_before_slips_and_slips_before_beginnings() -> None:
    found = expansion("chicke", chicken=5, chicke=1, chickens=9)
    assert found.words == ("chicke", "chicken", "chickens")


def test_when_enough_is_known_nothing_nearby_is_looked_for() -> None:
    assert expansion("chicken ", chicken=LOOKED_AT, chickens=9).words == ("chicken",)
    assert expansion("chicken ", chicken=LOOKED_AT - 1, chickens=9).words == ("chicken", "chickens")


def test_a_word_that_no_visible_record_has_is_unknown() -> None:
    assert expansion("xyzzyq").known == ()


def test_records_are_looked_for_by_rare_words_and_asked_for_common_ones() -> None:
    rare, common = expansion("golden ", golden=20), expansion("southall ", southall=LOOKED_AT + 1)
    planned = plan([common, rare, expansion("xyzzyq ")])
    assert planned.rare == (rare,)
    assert planned.common == (common,)


def test_words_that_are_all_rare_but_many_together_do_not_make_a_long_list() -> None:
    several = [expansion(f"{word} ", **{word: LOOKED_AT - 1}) for word in ("alpha", "bravo")]
    assert [len(part) for part in (plan(several).rare, plan(several).common)] == [1, 1]


def test_a_business_counts_each_term_once_by_its_best_record_and_rare_terms_more() -> None:
    golden, shop = expansion("golden ", golden=10, goldne=1), expansion("shop ", shop=1000)
    hits = [Hit(1, "golden"), Hit(1, "goldne"), Hit(2, "shop"), Hit(3, "golden"), Hit(4, "shop"), Hit(9, "golden")]
    scores = scored(hits, {1: 100, 2: 100, 3: 300, 4: 400}, [golden, shop])
    assert scores[100] == scores[300] + scores[400]
    assert scores[300] > scores[400]
    assert set(scores) == {100, 300, 400}


def test_places_are_by_match_then_by_worry_and_pages_follow() -> None:
    best, worry, calm, last = Place(9, 0, "b"), Place(5, 7, "c"), Place(5, 1, "d"), Place(5, 1, "e")
    places = [last, calm, best, worry]
    assert ranked(places, None, 3) == [best, worry, calm]
    assert ranked(places, calm, 3) == [last]


def test_what_matched_is_said_in_words() -> None:
    chiken, ann = expansion("chiken ", chicken=1), expansion("singh ", singh=1)
    records = [
        ("rec_b", [Said("name", "chicken")]),
        ("rec_a", [Said("owner's name", "singh"), Said("name", "chicken")]),
    ]
    found = matches([chiken, ann], records)
    assert [match.phrase for match in found] == ["name (one letter different: chicken)", "owner's name"]
    assert found[0].records == ("rec_a", "rec_b")


def test_what_matched_is_of_the_record_that_has_most_of_it() -> None:
    terms = [expansion("shah ", shah=1), expansion("malik ", malik=1)]
    records = [
        ("rec_a", [Said("owner's name", "malik")]),
        ("rec_b", [Said("landlord's name", "shah"), Said("landlord's name", "malik")]),
    ]
    assert [match.phrase for match in matches(terms, records)] == ["landlord's name", "landlord's name"]


def test_why_it_was_found_is_one_sentence() -> None:
    chiken, ann = expansion("chiken ", chicken=1), expansion("singh ", singh=1)
    found = matches([chiken, ann], [("rec_a", [Said("owner's name", "singh"), Said("name", "chicken")])])
    assert in_short(found) == (
        "“chiken” is in its name (one letter different: chicken); “singh” is in its owner's name."
    )
