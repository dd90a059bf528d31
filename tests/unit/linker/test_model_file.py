"""A model file is read whole or refused with every fault named, and never shows what it hides."""

from collections.abc import Callable
from importlib.resources import files
from math import log2
from typing import Any

import orjson
import pytest

from services.linker.domain.model import default_model, digest, load_model
from services.linker.domain.model_file import read_model_file, write_model_file

SHIPPED = files("services.linker.domain").joinpath("models/default.json").read_bytes()


def altered(change: Callable[[dict[str, Any]], object]) -> bytes:
    raw = orjson.loads(SHIPPED)
    change(raw)
    return orjson.dumps(raw)


def test_the_shipped_model_is_written_as_it_would_be_written() -> None:
    assert write_model_file(read_model_file(SHIPPED)) == SHIPPED


def test_a_weight_is_the_logarithm_of_m_over_u() -> None:
    levels = orjson.loads(SHIPPED)["splink"]["comparisons"][0]["comparison_levels"]
    level = next(level for level in levels if not level.get("is_null_level"))
    bits = default_model().weights["premises"][level["label_for_charts"]]
    assert bits == log2(level["m_probability"] / level["u_probability"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda raw: raw.pop("terms"), "terms"),
        (lambda raw: raw["splink"].pop("probability_two_random_records_match"), "probability_two_random_records_match"),
        (lambda raw: raw["splink"]["comparisons"][1]["comparison_levels"][2].update(u_probability=0), "comparisons.1"),
        (lambda raw: raw["splink"]["comparisons"][1]["comparison_levels"][2].pop("m_probability"), "m_probability"),
        (lambda raw: raw["clustering"].update(lower=9), "lower ≤ threshold ≤ upper"),
        (lambda raw: raw.update(hub_digests=["442079460123"]), "hub_digests.0"),
        (lambda raw: raw.update(identity_ceiling={}), "identity_ceiling"),
        (lambda raw: raw.update(version="no spaces"), "version"),
    ],
)
def test_a_fault_is_named_by_its_field(change: Callable[[dict[str, Any]], object], field: str) -> None:
    with pytest.raises(ValueError, match=field):
        load_model(altered(change))


def test_a_refusal_never_repeats_what_was_in_the_file() -> None:
    with pytest.raises(ValueError) as refused:
        load_model(altered(lambda raw: raw.update(hub_digests=["442079460123"])))
    assert "442079460123" not in str(refused.value)


def test_a_hub_given_as_a_digest_is_recognised_and_not_readable() -> None:
    hidden = digest(default_model().version, "phone:442079460123")
    model = load_model(altered(lambda raw: raw.update(hub_digests=[hidden])))
    assert model.is_hub("phone", "442079460123")
    assert not model.is_hub("phone", "442079460124")
    assert "442079460123" not in hidden


def test_a_capped_key_is_recognised_by_its_digest() -> None:
    model = load_model(
        altered(lambda raw: raw.update(capped_key_digests=[digest(default_model().version, "gap:W1A1AA")]))
    )
    assert model.is_capped("gap:W1A1AA")
    assert not model.is_capped("gap:W1A1AB")
    assert not default_model().is_capped("gap:W1A1AA")


def test_a_model_of_another_time_is_given_the_shipped_weight_of_a_level_it_does_not_know() -> None:
    def forget(raw: dict[str, Any]) -> None:
        levels = raw["splink"]["comparisons"][1]["comparison_levels"]
        raw["forgotten"] = levels.pop(1)["label_for_charts"]

    raw = orjson.loads(SHIPPED)
    forget(raw)
    name, level = raw["splink"]["comparisons"][1]["output_column_name"], raw.pop("forgotten")
    assert load_model(orjson.dumps(raw)).weights[name][level] == default_model().weights[name][level]


def test_a_model_of_another_time_is_given_the_shipped_ceiling_of_a_level_it_does_not_know_and_no_other() -> None:
    raw = orjson.loads(SHIPPED)
    levels = raw["splink"]["comparisons"][0]["comparison_levels"]
    levels[:] = [level for level in levels if level["label_for_charts"] != "other_number.telephone"]
    for level in ("other_number.telephone", "other_number.town"):
        del raw["identity_ceilings"][level]
    ceilings = load_model(orjson.dumps(raw)).ceilings
    assert ceilings["other_number.telephone"] == default_model().ceilings["other_number.telephone"]
    assert "other_number.town" not in ceilings


def test_of_two_versions_the_digests_differ() -> None:
    assert digest("one", "phone:442079460123") != digest("two", "phone:442079460123")
