from services.linker.domain.normalise import normalise
from services.linker.domain.search.said import said, sector_words, source_of, words_of
from shared.contracts.record import Name, Person
from tests.unit.linker.build import named, record


def found(field: str, **more: str) -> set[str]:
    what = record(
        "The Chicken Shop Ltd",
        "Flat 2, 12a The Broadway",
        town="Southall",
        postcode="ub1 1aa",
        phones=("020 8574 1234",),
        emails=("Info@chicken.co.uk",),
        company_number="1234568",
        people=(Person(name="Mr José Singh", role="owner"), Person(name="Ann Lee")),
    )
    everything = said(normalise(what), more.get("ref", "PI/000123"), more.get("sector"))
    return {word for name, word in everything if name == field}


def test_a_record_is_found_by_each_thing_that_it_says() -> None:
    assert found("name") == {"chicken", "shop", "chickenshop"}
    assert found("street") == {"broadway"}
    assert {
        word for name, word in said(normalise(record(None, "95 Vicarage Hill")), "1", None) if name == "street"
    } == {
        "vicarage",
        "hill",
    }
    assert found("number in the street") == {"12", "12a"}
    assert found("unit") == {"2"}
    assert found("town") == {"southall"}
    assert found("postcode district") == {"ub1"}
    assert found("owner's name") == {"jose", "singh"}
    assert found("person's name") == {"ann", "lee"}


def test_numbers_and_addresses_for_mail_are_found_whole_and_are_no_neighbours_of_words() -> None:
    assert found("postcode") == {"=ub11aa"}
    assert found("phone number") == {"=442085741234"}
    assert found("end of a phone number") == {"#741234"}
    assert found("e-mail address") == {"=info@chicken.co.uk"}
    assert found("web or e-mail domain") == {"=chicken.co.uk"}
    assert found("company number") == {"=01234568"}
    assert found("reference") == {"=pi000123"}


def test_types_of_business_are_words_in_the_singular() -> None:
    assert sector_words("Takeaway/sandwich shops") == ("sandwich", "shop", "takeaway")
    assert sector_words("Business Class") == ("business", "class") or sector_words("Class") == ("class",)
    assert sector_words(None) == ()
    assert found("type of business", sector="Restaurant/Cafe/Canteen") == {"restaurant", "cafe", "canteen"}


def test_former_names_are_said_to_be_former() -> None:
    what = record(names=named(trading="Spice Hut", former="Curry Corner"))
    assert ("former name", "curry") in said(normalise(what), "1", None)


def test_a_record_that_says_nothing_is_found_by_its_reference() -> None:
    assert words_of(normalise(record()), "A-1", None) == {"=a1"}


def test_a_page_of_text_gives_no_more_than_eighty_words_of_forty_letters() -> None:
    names = tuple(Name(value=" ".join(f"{row}word{n:02}" for n in range(50))) for row in "abc")
    words = words_of(normalise(record(names=(Name(value="x" * 300), *names))), "1", None)
    assert len(words) <= 80
    assert max(map(len, words)) <= 40


def test_sources_are_apart_by_agency_and_by_category() -> None:
    several = [source_of(agency, category) for agency in ("a", "ab") for category in ("c", "bc")]
    assert len(set(several)) == 4
    assert all(0 <= source < 2**48 for source in several)
