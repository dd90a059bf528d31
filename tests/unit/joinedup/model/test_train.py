"""Training estimates with Splink, moves with care, tells nothing of anybody, and gives the same model again."""

from collections import Counter
from datetime import date
from math import log2
from typing import Any

import pytest

from joinedup.linking import candidate_pairs
from joinedup.model.card import card
from joinedup.model.estimates import Estimates
from joinedup.model.levels import findings
from joinedup.model.material import Material
from joinedup.model.train import Options, train
from joinedup.model.weights import Seen, Shares, estimated_bits, kept_levels, moved
from services.linker.domain.model import default_model, model_of
from services.linker.domain.model_file import ModelFile, read_model_file, write_model_file
from tests.unit.joinedup.model.material import SHIPPED, partnership

TODAY = date(2026, 11, 22)
OPTIONS = Options("trained-1", max_pairs=4_000)


@pytest.fixture(scope="module")
def trained() -> ModelFile:
    return train(partnership(), SHIPPED, OPTIONS, TODAY)


@pytest.mark.slow
def test_the_same_records_and_seed_give_the_same_model(trained: ModelFile) -> None:
    again = train(partnership(), SHIPPED, OPTIONS, TODAY)
    assert write_model_file(again) == write_model_file(trained)


def test_what_training_writes_can_be_read_and_links(trained: ModelFile) -> None:
    model = model_of(read_model_file(write_model_file(trained)))
    assert model.version == "trained-1"
    assert set(model.weights) == set(default_model().weights)


def test_a_model_holds_nothing_that_a_record_gives_of_a_person(trained: ModelFile) -> None:
    text = write_model_file(trained).decode() + card(trained, SHIPPED)
    for mention in partnership().mentions.values():
        for value in (*mention.phones, *mention.emails, *(person.born for person in mention.people if person.born)):
            assert value not in text


def test_only_words_of_many_names_are_told(trained: ModelFile) -> None:
    names = Counter(
        word for mention in partnership().mentions.values() for name in mention.names for word in name.words
    )
    told = set(trained.terms.counts) - set(SHIPPED.terms.counts)
    assert all(names[word] >= 20 for word in told)
    assert told < set(names)


def test_the_card_says_what_moved_and_what_was_kept(trained: ModelFile) -> None:
    text = card(trained, SHIPPED)
    assert "based on default" in text
    assert f"{len(set(partnership().feeds.values()))} feeds of the partnership | real | 700 |" in text
    kept = trained.card.kept
    assert kept
    before, now = default_model().weights, model_of(trained).weights
    for name in kept:
        comparison, level = name.split("/")
        assert now[comparison][level] == before[comparison][level]


def _halved(file: ModelFile, comparison: str) -> ModelFile:
    """The weights of one comparison at half their bits."""
    raw: dict[str, Any] = file.model_dump(mode="json", exclude_unset=True)
    for each in raw["splink"]["comparisons"]:
        if each["output_column_name"] == comparison:
            for level in each["comparison_levels"]:
                if not level.get("is_null_level"):
                    bits = log2(level["m_probability"] / level["u_probability"]) / 2
                    level.update(
                        m_probability=0.1 if bits > 0 else 0.1 * 2**bits, u_probability=0.1 / 2 ** max(bits, 0)
                    )
    return ModelFile.model_validate(raw)


@pytest.mark.slow
def test_training_mends_weights_that_do_not_fit_the_records() -> None:
    poor = _halved(SHIPPED, "names")
    mended = model_of(train(partnership(900, 2000, 12), poor, OPTIONS, TODAY)).weights["names"]["same"]
    assert model_of(poor).weights["names"]["same"] + 0.3 < mended


def test_splink_scores_a_pair_as_we_do() -> None:
    """But for what Splink has no place for: the rarity of names, and the ceiling of identity."""
    from joinedup.model.estimates import Bench

    material = partnership()
    model = default_model()
    settings = SHIPPED.splink.model_dump(mode="json", exclude_unset=True)
    settings["blocking_rules_to_generate_predictions"] = ["l.door = r.door"]
    predicted = Bench(material.mentions, model).linker(settings).inference.predict().as_record_list()
    assert len(predicted) > 100
    for row in predicted:
        found = findings(material.mentions[row["unique_id_l"]], material.mentions[row["unique_id_r"]], model)
        bits = model.prior + sum(model.weights[name][finding.level] for name, finding in found.items())
        assert row["match_weight"] == pytest.approx(bits, abs=1e-6)


def _only(estimated: float, pairs: int, share: float) -> float:
    """The weight of names/same after estimating that many bits for it from that many pairs."""
    estimates = Estimates({"names": {"same": 0.5 / 2**estimated}}, {"names": {"same": 0.5}}, 0.001)
    seen = Seen(pairs, Counter({("names", "same"): pairs}), {})
    after = moved(SHIPPED, estimated_bits(estimates, seen), 0.001, seen, Shares(share, 0.0))
    return model_of(after).weights["names"]["same"]


def test_a_weight_moves_as_far_as_pairs_show_and_no_further_than_the_limit() -> None:
    before = default_model().weights["names"]["same"]
    assert _only(before + 2, pairs=0, share=1.0) == pytest.approx(before, abs=1e-3)
    assert _only(before + 2, pairs=50, share=1.0) == pytest.approx(before + 1, abs=1e-3)
    assert _only(before + 2, pairs=100_000, share=0.5) == pytest.approx(before + 1, abs=1e-2)
    assert _only(before + 20, pairs=10_000_000, share=1.0) == pytest.approx(before + 3, abs=1e-2)
    assert _only(before - 20, pairs=10_000_000, share=1.0) == pytest.approx(before - 3, abs=1e-2)


def test_levels_that_say_another_door_are_kept() -> None:
    estimates = Estimates({"premises": {"other_street.near": 0.1}}, {"premises": {"other_street.near": 0.4}}, 0.001)
    assert estimated_bits(estimates, Seen(0, Counter(), {})) == {"premises": {}}
    assert "premises/other_street.near" in kept_levels(SHIPPED, SHIPPED)


def test_a_hub_never_becomes_evidence() -> None:
    estimates = Estimates({"phones": {"hub": 0.1}}, {"phones": {"hub": 0.4}}, 0.001)
    assert estimated_bits(estimates, Seen(0, Counter(), {})) == {"phones": {}}


def test_records_of_which_no_two_can_be_compared_are_refused() -> None:
    one = next(iter(partnership().mentions.items()))
    alone = Material(dict([one]), {one[0]: "feed"})
    assert not list(candidate_pairs(alone.mentions, default_model()))
    with pytest.raises(ValueError, match="nothing to learn"):
        train(alone, SHIPPED, OPTIONS, TODAY)
