import pytest

from services.linker.domain.normalise import normalise
from services.linker.domain.normalise.names import name_form
from tests.unit.linker.build import named, person, record


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The Chicken Shop Limited", ("chicken", "shop")),
        ("Siop Goffi Cyfyngedig", ("siop", "goffi")),
        ("Cartref Gofal C.B.C.", ("cartref", "gofal")),
        ("Bread & Roses C.I.C.", ("bread", "roses")),
        ("Bread and Roses Community Interest Company", ("bread", "roses")),
        ("Smith Jones LLP", ("smith", "jones")),
        ("Food Bank CIO", ("food", "bank")),
        ("Café Röst", ("cafe", "rost")),
        ("1st Choice Cars", ("1", "choice", "cars")),
        ("First Choice Cars", ("1", "choice", "cars")),
        ("SERGIO'S TAQUERIA PIZZA INC.", ("sergios", "taqueria", "pizza")),
        ("The", ("the",)),
        ("N/A", ()),
        ("---", ()),
    ],
)
def test_a_name_keeps_its_telling_words(text: str, tokens: tuple[str, ...]) -> None:
    assert name_form("unknown", text).tokens == tokens


@pytest.mark.parametrize(
    "text",
    [
        "AIAM LIMITED T/A ARIANA PHARMACY",
        "AIAM Ltd trading as Ariana Pharmacy",
        "AIAM Limited t/as Ariana Pharmacy",
        "AIAM LTD TA Ariana Pharmacy",
        "Aiam Ltd dba Ariana Pharmacy",
    ],
)
def test_trading_as_splits_a_legal_from_a_trading_name(text: str) -> None:
    names = normalise(record(text)).names
    assert [(name.kind, name.tokens) for name in names] == [("legal", ("aiam",)), ("trading", ("ariana", "pharmacy"))]


def test_ta_inside_a_name_is_not_trading_as() -> None:
    assert [name.tokens for name in normalise(record("Ta Moko Tattoo")).names] == [("ta", "moko", "tattoo")]


def test_a_former_name_is_a_name_of_its_own() -> None:
    names = normalise(record("Spice Hut (formerly Curry Corner)")).names
    assert [(name.kind, name.tokens) for name in names] == [
        ("unknown", ("spice", "hut")),
        ("former", ("curry", "corner")),
    ]


def test_a_legal_form_tells_a_legal_name() -> None:
    assert [name.kind for name in normalise(record("Peninsula Trading Ltd")).names] == ["legal"]


def test_two_writings_of_one_name_are_kept_once() -> None:
    names = normalise(record(names=named(legal="Spice Hut Ltd", trading="SPICE HUT"))).names
    assert [name.text for name in names] == ["Spice Hut Ltd"]


def test_a_title_is_no_part_of_a_person() -> None:
    assert normalise(record(people=(person("Mrs. Anne O'Neill OBE"),))).people[0].tokens == {"anne", "oneill"}
