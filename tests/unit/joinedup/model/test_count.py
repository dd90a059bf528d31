"""Counting needs nothing installed, leaves the weights alone, and counts no record twice."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from joinedup.model.card import card
from joinedup.model.count import complete, count
from joinedup.model.material import Material
from services.linker.domain.model_file import ModelFile, read_model_file, write_model_file
from tests.unit.joinedup.model.material import SHIPPED, partnership

TODAY = date(2026, 11, 22)
SWITCHBOARD = "442088255000"
OF_WHAT_SHIPS = "home-office-sponsors"


def counted(material: Material, base: ModelFile = SHIPPED, version: str = "counted-1") -> ModelFile:
    return read_model_file(write_model_file(count(material, base, version, TODAY)))


def on_one_switchboard(material: Material, records: int) -> Material:
    chosen = sorted(material.mentions)[:records]
    given = {id_: replace(material.mentions[id_], phones=frozenset({SWITCHBOARD})) for id_ in chosen}
    return replace(material, mentions={**material.mentions, **given})


def feeds_said(model: ModelFile) -> Mapping[str, float]:
    return model.clustering.same_feed_bits_by_feed


def test_a_switchboard_becomes_a_hub_and_stands_in_no_file() -> None:
    material = on_one_switchboard(partnership(), 60)
    model = counted(material)
    assert complete(model).is_hub("phone", SWITCHBOARD)
    assert not complete(counted(partnership())).is_hub("phone", SWITCHBOARD)
    assert SWITCHBOARD not in write_model_file(model).decode() + card(model, SHIPPED)


def test_weights_stay_and_what_training_needs_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for extra in ("splink", "duckdb", "pyarrow"):
        monkeypatch.setitem(sys.modules, extra, None)
    model = counted(partnership())
    assert model.splink == SHIPPED.splink
    assert model.identity_ceilings == SHIPPED.identity_ceilings
    assert model.card.based_on == SHIPPED.version


def test_how_far_a_feed_repeats_itself_is_learnt_and_what_ships_of_others_is_kept() -> None:
    material = partnership(1200, 3000, 13)
    said = feeds_said(counted(material))
    assert max(said[feed] for feed in {*material.feeds.values()} & said.keys()) > SHIPPED.clustering.same_feed_bits + 4
    assert said[OF_WHAT_SHIPS] == feeds_said(SHIPPED)[OF_WHAT_SHIPS]


def test_counting_again_counts_nothing_twice() -> None:
    material = partnership(1200, 3000, 13)
    once = counted(material)
    again = counted(material, once)
    assert again.terms == once.terms
    assert feeds_said(again) == feeds_said(once)
    assert again.hub_digests == once.hub_digests


def test_the_card_says_what_it_was_counted_on_and_that_weights_were_not_checked() -> None:
    model = counted(partnership())
    text = card(model, SHIPPED)
    assert "counted on a partnership's own records" in text
    assert "| real | 700 |" in text
    assert "nothing shows how well they fit" in text
