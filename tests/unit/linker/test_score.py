from dataclasses import replace
from itertools import combinations_with_replacement

import pytest

from services.linker.domain.model import default_model, load_model
from services.linker.domain.normalise import normalise
from services.linker.domain.score import explain, score
from tests.unit.linker.build import named, person, record

MODEL = default_model()
FULL = record(
    None,
    "Unit 3, 8 Gorst Road, Park Royal",
    postcode="NW10 6LE",
    uprn="100021",
    names=named(legal="Spice Ltd", trading="Spice Hut"),
    phones=("020 7946 0123",),
    emails=("info@spicehut.example",),
    company_number="01261512",
    people=(person("Anne Smith", "1980-03-04"),),
)
VARIED = [
    FULL,
    record("Spice Hut", "8 Gorst Rd", postcode="NW10 6LE", phones=("020 7946 0124",), emails=("x@other.example",)),
    record("Curry House", "Gorst Road", town="Park Royal", company_number="01261521", vat_number="GB 980 7806 84"),
    record(None, "41 Gorst Road", postcode="NW10 6LF", people=(person("A Smith"),), charity_number="1234"),
    record("Anne Smith", "14 Gorst Road", licence_numbers=("PL1",), vat_number="GB 434 0314 94"),
    record(None, "Spice Hut, 9 High Street, Truro", licence_numbers=("PL1",), charity_number="1235"),
    record(None, phones=("7946 0123",), people=(person("Anne Smith", "1980-04-03"),)),
    record("Curry House", "8-10 Gorst Road", postcode="W5 3", people=(person("Bob Jones", "1990-01-01"),)),
]


@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(VARIED, 2)))
def test_an_explanation_adds_up_to_the_score_and_says_each_part(one, other) -> None:  # type: ignore[no-untyped-def]
    a, b = normalise(one), normalise(other)
    explanation = explain(a, b, MODEL)
    assert explanation.score == score(a, b, MODEL)
    assert sum(line.bits for line in explanation.comparisons) == pytest.approx(explanation.score)
    assert all(line.sentence.endswith(".") and "{" not in line.sentence for line in explanation.comparisons)


def test_sentences_speak_of_the_two_records() -> None:
    sentences = [line.sentence for line in explain(normalise(FULL), normalise(FULL), MODEL).comparisons]
    assert "Both are called Spice Hut." in sentences or "Both are called Spice Ltd." in sentences
    assert "They share the phone number +44 20 7946 0123." in sentences
    assert "Both give company number 01261512." in sentences
    assert "Both name Anne Smith, with the same date of birth." in sentences


def test_what_branches_share_is_capped_and_said_to_be() -> None:
    same = {"phones": ("020 7946 0123",), "company_number": "01261512", "emails": ("a@spice.example",)}
    one = normalise(record("Spice Hut", "8 Gorst Road", postcode="NW10 6LE", **same))
    other = normalise(record("Spice Hut", "20 High Street", postcode="TR1 2AJ", **same))
    assert [line.name for line in explain(one, other, MODEL).comparisons][-1] == "organisation"
    assert score(one, other, MODEL) < 0


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        (("5 High Street", "TR1 2AB"), ""),
        (("40 Mill Lane", "TR1 2XY"), "At different doors, "),
        (("40 Mill Lane", "M1 1AE"), "At different places, "),
        (("High Street", None), "They need not be at one door, "),
    ],
)
def test_why_what_they_share_counts_for_less_is_said_as_far_as_it_is_known(
    address: tuple[str, str | None], begins: str
) -> None:
    shared = {"phones": ("07700 900123",), "emails": ("info@zephyrine-quail.example",)}
    line, postcode = address
    one = record("Zephyrine Quail", "5 High Street", postcode="TR1 2AB" if postcode else None, **shared)
    other = record("Zephyrine Quail", line, postcode=postcode, **shared)
    capped = [
        found.sentence
        for found in explain(normalise(one), normalise(other), MODEL).comparisons
        if found.name == "organisation"
    ]
    assert (capped[0] if capped else "").startswith(begins)
    assert bool(capped) is bool(begins)


def test_a_rare_name_counts_for_more_than_a_common_one() -> None:
    def weight(name: str) -> float:
        return score(normalise(record(name)), normalise(record(name)), MODEL)

    assert weight("Zyzzogeton Quux") > weight("Pizza Express") > weight("Cafe")


def test_a_hub_value_is_no_evidence() -> None:
    a, b = (normalise(record(name, phones=("020 7946 0123",))) for name in ("Spice Hut", "Vape Kingdom"))
    hub = replace(MODEL, hubs=frozenset({"phone:442079460123"}))
    assert score(a, b, MODEL) - score(a, b, hub) == pytest.approx(MODEL.weights["phones"]["same_other_names"])
    assert "proves nothing" in " ".join(line.sentence for line in explain(a, b, hub).comparisons)


def test_a_model_without_a_part_is_refused() -> None:
    with pytest.raises(ValueError, match="terms"):
        load_model(b'{"version": "x"}')


def test_every_level_of_the_shipped_model_is_a_probability_ratio() -> None:
    assert MODEL.version
    assert "Open Government Licence" in MODEL.source
    assert all(-20 < bits < 25 for levels in MODEL.weights.values() for bits in levels.values())


def test_knowing_the_street_but_no_number_does_not_count_against_one_name_and_one_telephone() -> None:
    said = {"phones": ("020 7946 0123",)}
    streets = (record("Spice Hut", "Gorst Road", **said), record("Spice Hut", "Gorst Rd", **said))
    assert score(*map(normalise, streets), MODEL) >= MODEL.clustering.threshold
