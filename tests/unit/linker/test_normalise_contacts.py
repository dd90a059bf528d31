import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.linker.domain.normalise import Mention, normalise
from services.linker.domain.normalise.contacts import (
    charity_number,
    company_number,
    phone_digits,
    vat_number,
    web_domain,
)
from shared.contracts.record import Address, Name, Person, Record
from tests.unit.linker.build import named, person, record


@pytest.mark.parametrize(
    ("raw", "digits"),
    [
        ("+44 7700 900123", "447700900123"),
        ("07700 900123", "447700900123"),
        ("0044 7700 900123", "447700900123"),
        ("+44 (0)20 7946 0123", "442079460123"),
        ("020 7946 0123 ext. 4", "442079460123"),
        ("310/246-1501", "3102461501"),
        ("2859902", "2859902"),
        ("0000000", ""),
        ("n/a", ""),
    ],
)
def test_a_phone_becomes_digits_that_can_be_compared(raw: str, digits: str) -> None:
    assert phone_digits(raw) == digits


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1261512", "01261512"),
        ("sc 12345", "SC012345"),
        ("01261512", "01261512"),
        ("00000000", ""),
        ("N/A", ""),
        ("R0000123", "R0000123"),
    ],
)
def test_a_company_number_is_written_as_companies_house_does(raw: str, number: str) -> None:
    assert company_number(raw) == number


def test_a_vat_number_with_wrong_check_digits_is_left_out() -> None:
    assert vat_number("GB 980 7806 84") == "980780684"
    assert vat_number("GB 980 7806 85") == ""
    assert vat_number("000000000") == ""


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("1140948", "1140948"),
        ("Charity No. 1140948", "1140948"),
        ("1140948-2", "1140948"),
        ("SC 012345", "SC012345"),
        ("NIC100123", "NIC100123"),
        ("1111111", ""),
        ("pending", ""),
        (None, ""),
    ],
)
def test_a_charity_number_is_the_registered_number_alone(raw: str | None, number: str) -> None:
    assert charity_number(raw) == number


def test_one_mailbox_of_a_provider_with_two_names_is_one() -> None:
    a, b = (normalise(record("Any", emails=(mail,))) for mail in ("Spice@GoogleMail.com", "mailto:spice@gmail.com"))
    assert a.emails == b.emails == {"spice@gmail.com"}


@pytest.mark.parametrize("site", ["https://www.shaw.co.uk/homes", "www.shaw.co.uk", "shaw.co.uk", "HTTP://SHAW.CO.UK"])
def test_a_web_address_becomes_its_domain(site: str) -> None:
    assert web_domain(site) == "shaw.co.uk"


def test_a_free_mail_provider_says_nothing_about_the_business() -> None:
    mention = normalise(record("Any", emails=("spice@gmail.com", "info@spicehut.example")))
    assert mention.domains == {"spicehut.example"}


@pytest.mark.parametrize("site", ["https://m.facebook.com/spice", "en-gb.facebook.com/spice", "www.facebook.com/spice"])
def test_pages_on_a_providers_site_are_no_domain_of_the_business(site: str) -> None:
    assert normalise(record("Any", websites=(site, "spice.wixsite.com"))).domains == {"spice.wixsite.com"}


def test_a_mention_survives_json() -> None:
    mention = normalise(
        record(
            None,
            "Unit 3, 8-10 Gorst Road, Park Royal",
            postcode="NW10 6LE",
            names=named(legal="Spice Ltd", trading="Spice Hut"),
            phones=("07700 900123",),
            emails=("info@spicehut.example",),
            company_number="1261512",
            licence_numbers=("PL/001",),
            people=(person("Anne Smith", "1980-03-04"),),
        )
    )
    again = Mention.from_json(mention.to_json())
    assert again == mention
    assert [name.words for name in again.names] == [name.words for name in mention.names]


def test_a_mention_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="normalise the record again"):
        Mention.from_json(b"[0,[],null,[],[],[],[],[],[]]")


_TEXT = st.text(max_size=60).filter(lambda text: len(text) > 0)


@settings(deadline=None)
@given(
    st.builds(
        Record,
        names=st.lists(st.builds(Name, value=_TEXT), max_size=2).map(tuple),
        address=st.none()
        | st.builds(Address, lines=st.lists(st.text(max_size=60), max_size=3).map(tuple), postcode=st.none() | _TEXT),
        phones=st.lists(st.text(max_size=20), max_size=2).map(tuple),
        emails=st.lists(st.text(max_size=20), max_size=2).map(tuple),
        websites=st.lists(st.text(max_size=20), max_size=2).map(tuple),
        company_number=st.none() | st.text(max_size=10),
        vat_number=st.none() | st.text(max_size=12),
        people=st.lists(st.builds(Person, name=_TEXT), max_size=2).map(tuple),
    )
)
def test_any_record_can_be_normalised_and_stored(any_record: Record) -> None:
    mention = normalise(any_record)
    assert Mention.from_json(mention.to_json()) == mention
