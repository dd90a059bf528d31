"""What a feed's own rows tell of how often it repeats a business."""

from dataclasses import replace

from joinedup.linking import candidate_pairs, pair_weights
from joinedup.model.material import Material
from joinedup.model.repeats import alone, same_feed_bits
from services.linker.domain.model import default_model
from tests.unit.joinedup.model.material import partnership

MODEL = default_model()
WORST = MODEL.clustering.same_feed_bits


def penalties(material: Material) -> dict[str, float]:
    pairs = list(candidate_pairs(material.mentions, MODEL))
    return same_feed_bits(pairs, material.mentions, material.feeds, MODEL)


def merged(material: Material, names: tuple[str, str]) -> Material:
    """Two feeds as one: it then holds many businesses twice."""
    feeds = {id_: names[0] if feed in names else feed for id_, feed in material.feeds.items()}
    return replace(material, feeds=feeds)


def test_a_feed_that_repeats_its_businesses_is_penalised_less_than_one_that_does_not() -> None:
    material = partnership(1200, 3000, 13)
    usual = penalties(material)
    one, other = sorted(usual, key=lambda feed: usual[feed])[:2]
    assert usual[one] < WORST / 2
    assert penalties(merged(material, (one, other)))[one] > usual[one] / 2


def test_a_penalty_is_never_above_none_nor_below_the_shipped_one() -> None:
    assert all(WORST <= bits <= 0 for bits in penalties(partnership(1200, 3000, 13)).values())


def test_of_a_feed_with_few_rows_nothing_is_said() -> None:
    small = partnership(120, 200, 14)
    assert penalties(small) == {}


def test_a_feed_by_itself_says_how_far_it_repeats_and_a_small_one_does_not() -> None:
    material = partnership(1200, 3000, 13)
    bits = list(pair_weights(material.mentions, MODEL).values())
    assert WORST < alone("all", len(material.mentions), bits, MODEL).same_feed("all") < 0
    assert alone("all", 3000, [], MODEL).same_feed("all") == WORST
    assert alone("all", 2, bits[:1], MODEL) == MODEL.clustering
