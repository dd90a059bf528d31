"""What a feed's own rows tell of how often it repeats a business."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from joinedup.linking import candidate_pairs, pair_weights
from joinedup.model.material import Material
from joinedup.model.repeats import for_these_alone, same_feed_bits
from services.linker.domain.model import ClusterPolicy, Model, default_model
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


@pytest.mark.parametrize("said", [0.0, -3.0])
def test_what_the_model_says_of_a_feed_is_never_made_worse(said: float) -> None:
    material = partnership(1200, 3000, 13)
    feed = min(penalties(material), key=penalties(material).__getitem__)
    knowing = replace(MODEL, clustering=replace(MODEL.clustering, feeds={feed: said}))
    pairs = list(candidate_pairs(material.mentions, MODEL))
    assert same_feed_bits(pairs, material.mentions, material.feeds, knowing)[feed] >= said
    assert policy(material, material.feeds, knowing).same_feed(feed) >= said
    assert policy(material, dict.fromkeys(material.feeds, feed), knowing).same_feed(feed) >= said


def test_of_a_feed_with_few_rows_nothing_is_said() -> None:
    small = partnership(120, 200, 14)
    assert penalties(small) == {}


def policy(material: Material, feeds: Mapping[str, str], model: Model = MODEL) -> ClusterPolicy:
    """What is learnt of these records when they are linked by themselves, as of these feeds."""
    names, place = sorted(set(feeds.values())), {id_: i for i, id_ in enumerate(material.mentions)}
    weights = pair_weights(material.mentions, MODEL)
    pairs = np.array([(place[a], place[b]) for a, b in weights], np.int64).reshape(-1, 2)
    of = np.array([names.index(feeds[id_]) for id_ in material.mentions], np.int64)
    return for_these_alone(names, of, pairs, np.array(list(weights.values())), model)


@pytest.mark.parametrize("records", [60, 3000])
def test_a_file_by_itself_says_how_far_it_repeats_however_small(records: int) -> None:
    material = partnership(records * 2 // 5, records, 13)
    assert WORST / 2 < policy(material, dict.fromkeys(material.feeds, "all")).same_feed("all") <= 0


def test_of_several_files_each_that_repeats_says_so_and_the_others_keep_the_models_penalty() -> None:
    material = partnership(1200, 3000, 13)
    usual = policy(material, material.feeds)
    one, other = "hmrc-compliance-cases", "kerrow-fire-audits"
    assert usual.same_feed(one) == WORST
    repeating = policy(material, merged(material, (one, other)).feeds)
    assert usual.same_feed(one) < repeating.same_feed(one) < 0


def test_of_a_file_that_compares_with_nothing_a_repeat_is_supposed() -> None:
    none, no_bits = np.empty((0, 2), np.int64), np.empty(0)
    alone = for_these_alone(["all"], np.zeros(3, np.int64), none, no_bits, MODEL)
    assert WORST < alone.same_feed("all") < 0


def test_of_several_files_what_moves_the_penalty_by_less_than_two_bits_changes_nothing() -> None:
    material = partnership(1200, 3000, 13)
    slightly = merged(material, ("glaa-labour-providers", "kerrow-trading-standards"))
    assert policy(slightly, slightly.feeds).feeds == MODEL.clustering.feeds
