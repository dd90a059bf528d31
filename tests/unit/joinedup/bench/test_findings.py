from collections.abc import Callable, Iterable, Sequence

import pytest

from joinedup.bench.findings import Material, judged, material_of, patterns
from joinedup.synthetic import generate
from services.linker.domain.model import default_model
from shared.contracts.events.linker import FindingType

PARTNERSHIP = generate(3, 2000, 6500)

Find = Callable[[Iterable[Sequence[str]], FindingType], set[frozenset[str]]]


@pytest.fixture(scope="module")
def material() -> Material:
    return material_of(PARTNERSHIP)


@pytest.fixture(scope="module")
def find(material: Material) -> Find:
    def found(businesses: Iterable[Sequence[str]], type_: FindingType) -> set[frozenset[str]]:
        shown = patterns(businesses, material, default_model(), PARTNERSHIP.today)
        return {behind for each, behind in shown if each is type_}

    return found


def test_most_phoenixes_among_true_businesses_are_of_those_that_rose(find: Find, material: Material) -> None:
    phoenixes = find(material.true_businesses(), FindingType.phoenix)
    assert phoenixes
    assert judged(phoenixes, set(map(frozenset, PARTNERSHIP.phoenixes())))["precision"] > 0.5


def test_what_linking_tears_apart_is_not_found(find: Find, material: Material) -> None:
    assert len(find(material.true_businesses(), FindingType.multi_regime)) > 10
    assert not find([[id_] for id_ in material.truth], FindingType.multi_regime)


def test_a_finding_that_rests_on_a_record_of_another_business_is_wrong(find: Find, material: Material) -> None:
    whole = list(material.true_businesses())
    mixed = [[*one, *other] for one, other in zip(whole[::2], whole[1::2], strict=True)]
    right, wrong = (find(businesses, FindingType.multi_regime) for businesses in (whole, mixed))
    assert judged(wrong, right)["precision"] < 0.5


def test_what_is_found_is_judged_by_what_is_there() -> None:
    a, b, c = (frozenset(name) for name in "abc")
    scores = judged({a, b}, {b, c})
    assert (scores["precision"], scores["recall"], scores["f1"]) == (0.5, 0.5, 0.5)


def test_one_phoenix_rises_from_a_business_at_most_and_the_same_ones_each_time(material: Material) -> None:
    pairs = list(PARTNERSHIP.phoenixes())
    assert pairs == list(generate(3, 2000, 6500).phoenixes())
    assert {name for pair in pairs for name in pair} <= set(material.truth.values())
    assert len({old for old, _ in pairs}) == len({new for _, new in pairs}) == len(pairs)
