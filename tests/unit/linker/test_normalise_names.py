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
        ("Bäckerei Weiß", ("backerei", "weiss")),
        ("Panadería López, S.L.", ("panaderia", "lopez")),
        ("Müller GmbH & Co. KG", ("muller",)),
        ("Firma Sp. z o.o.", ("firma",)),
        ("Ristorante Roma S.p.A.", ("ristorante", "roma")),
        ("Beauty Spa", ("beauty", "spa")),
        ("SA", ("sa",)),
        ("Ресторан Москва", ("ресторан", "москва")),
        ("Ταβέρνα Ζορμπάς", ("ταβερνα", "ζορμπας")),
        ("1st Choice Cars", ("1", "choice", "cars")),
        ("First Choice Cars", ("1", "choice", "cars")),
        ("SERGIO'S TAQUERIA PIZZA INC.", ("sergios", "taqueria", "pizza")),
        ("The", ("the",)),
        ("Gofal Da C.C.C.", ("gofal", "da")),
        ("Cwmni Bro Partneriaeth Atebolrwydd Cyfyngedig", ("cwmni", "bro")),
        ("Village Shop Community Benefit Society", ("village", "shop")),
        ("Spice P L C", ("spice",)),
        ("Costa @ Tesco", ("costa",)),
        ("Kerrow Cafe C.I.C", ("kerrow", "cafe")),
        ("J.D.Wetherspoon", ("jd", "wetherspoon")),
        ("Fish 'n' Chips", ("fish", "chips")),
        ("The Children's Shop", ("childrens", "shop")),
        ("Spice &amp; Rice", ("spice", "rice")),
        ("Number 1 Chinese", ("no", "1", "chinese")),
        ("No. 1 Chinese", ("no", "1", "chinese")),
        ("Saint Mary's School", ("st", "marys", "school")),
        ("Spice Hut (closed)", ("spice", "hut")),
        ("Spice Hut Ltd - in liquidation", ("spice", "hut")),
        ("Closed Book Cafe", ("closed", "book", "cafe")),
        ("Kerrow Trading", ("kerrow", "trading")),
        ("Unknown occupier", ()),
        ("No trading name", ()),
        ("Unknown Pleasures", ("unknown", "pleasures")),
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
        "AIAM Ltd also known as Ariana Pharmacy",
        "AIAM Cyf yn masnachu fel Ariana Pharmacy",
        "AIAM Ltd (T/A Ariana Pharmacy)",
    ],
)
def test_trading_as_splits_a_legal_from_a_trading_name(text: str) -> None:
    names = normalise(record(text)).names
    assert [(name.kind, name.tokens) for name in names] == [("legal", ("aiam",)), ("trading", ("ariana", "pharmacy"))]


def test_a_company_may_trade_under_two_names() -> None:
    names = normalise(record("AIAM Ltd t/a Ariana Pharmacy, t/a Naan House")).names
    assert [(name.kind, name.joined) for name in names] == [
        ("legal", "aiam"),
        ("trading", "arianapharmacy"),
        ("trading", "naanhouse"),
    ]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Curry Corner (Spice Hut Ltd)", {"legal": "spicehut", "trading": "currycorner"}),
        ("Spice Hut (UK) Ltd", {"legal": "spicehutuk"}),
        ("Spice Hut (Holdings Ltd)", {"legal": "spicehutholdings"}),
        ("Spice Hut (Kerrow)", {"unknown": "spicehutkerrow"}),
        ("Spice Hut (inc petrol station)", {"legal": "spicehutpetrolstation"}),
    ],
)
def test_a_company_in_brackets_behind_a_name_is_the_legal_one(text: str, kinds: dict[str, str]) -> None:
    assert {name.kind: name.joined for name in normalise(record(text)).names} == kinds


def test_ta_inside_a_name_is_not_trading_as() -> None:
    assert [name.tokens for name in normalise(record("Ta Moko Tattoo")).names] == [("ta", "moko", "tattoo")]


def test_a_former_name_is_a_name_of_its_own() -> None:
    names = normalise(record("Spice Hut (formerly Curry Corner)")).names
    assert [(name.kind, name.tokens) for name in names] == [
        ("unknown", ("spice", "hut")),
        ("former", ("curry", "corner")),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Curry Corner now known as Spice Hut",
        "Curry Corner (now Spice Hut)",
        "Spice Hut, previously Curry Corner",
        "Spice Hut (was Curry Corner)",
        "Spice Hut (ex Curry Corner)",
        "Spice Hut (prev. Curry Corner)",
        "Spice Hut FKA Curry Corner",
        "Spice Hut f.k.a. Curry Corner",
        "Spice Hut formally known as Curry Corner",
        "Spice Hut formerly t/a Curry Corner",
        "Spice Hut (previously trading as Curry Corner)",
    ],
)
def test_a_business_that_changed_its_name_has_both(text: str) -> None:
    assert {(name.kind, name.joined) for name in normalise(record(text)).names} == {
        ("unknown", "spicehut"),
        ("former", "currycorner"),
    }


@pytest.mark.parametrize(
    "text", ["Now Gallery", "Aka Sushi", "A. Trading", "Known Goods", "S/S Great Britain", "Formally Yours", "The Ex"]
)
def test_a_word_that_could_announce_another_name_may_be_part_of_one(text: str) -> None:
    assert len(normalise(record(text)).names) == 1


def test_a_legal_form_tells_a_legal_name() -> None:
    assert [name.kind for name in normalise(record("Peninsula Trading Ltd")).names] == ["legal"]
    assert [name.kind for name in normalise(record("Peninsula Trading AG")).names] == ["legal"]


def test_two_writings_of_one_name_are_kept_once() -> None:
    names = normalise(record(names=named(legal="Spice Hut Ltd", trading="SPICE HUT"))).names
    assert [name.text for name in names] == ["Spice Hut Ltd"]


def test_a_title_is_no_part_of_a_person() -> None:
    assert normalise(record(people=(person("Mrs. Anne O'Neill OBE"),))).people[0].tokens == {"anne", "oneill"}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Smith, J.R.", {"smith", "j", "r"}),
        ("Anne Smith t/a Spice Hut", {"anne", "smith"}),
        ("Ffion Llŷr-Jones", {"ffion", "llyr", "jones"}),
    ],
)
def test_a_person_is_the_words_of_the_name_in_any_order(text: str, tokens: set[str]) -> None:
    assert normalise(record(people=(person(text),))).people[0].tokens == tokens
