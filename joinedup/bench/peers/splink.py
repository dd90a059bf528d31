"""Splink 5 on DuckDB: ten blocking rules, Jaro-Winkler levels, term frequencies, postcode levels, u by sampling and EM
over four blockings; then a prediction of every pair above −8 bits. Its users cluster at a probability of 0.95."""

import logging
from contextlib import suppress
from math import log2
from pathlib import Path
from typing import Any

import pandas
import splink.comparison_level_library as levels
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.exceptions import EMTrainingException

from joinedup.bench.peers.running import Output, filled, main

LEAST = 0.02
_FLOOR = -8
DEFAULT = log2(0.95 / 0.05)
_SAMPLED = 5e6
_RECALL = 0.6
_BLOCKS = (
    ("postcode",), ("name",), ("name2",), ("phone",), ("email",), ("company",), ("licence",), ("owner", "town"),
    ("dob",), ("door", "street"), ("door", "outward"), ("street", "town"),
)  # fmt: skip
_SURE = (("postcode", "name"), ("phone", "name"), ("company", "postcode"), ("licence", "dob"), ("email", "postcode"))
_TRAINED_ON = (("postcode", "door"), ("name", "town"), ("name", "outward"), ("phone",), ("licence",), ("owner", "dob"))
_BEST = (
    "greatest(jaro_winkler_similarity(name_l,name_r), coalesce(jaro_winkler_similarity(name2_l,name_r),0),"
    " coalesce(jaro_winkler_similarity(name_l,name2_r),0), coalesce(jaro_winkler_similarity(name2_l,name2_r),0))"
)


def run(path: Path) -> Output:
    data = pandas.read_csv(path, dtype=str, keep_default_na=False)
    held = filled(data.to_dict("records"), LEAST)
    linker = Linker(DuckDBAPI().register(table(data, held)), settings(held))
    train(linker, held)
    found = linker.inference.predict(threshold_match_weight=_FLOOR).as_pandas_dataframe()
    edges = zip(found["unique_id_l"], found["unique_id_r"], found["match_weight"], strict=True)
    return Output(edges, DEFAULT, notes={"score": "bits", "default": "match probability of 0.95"})


def train(linker: Linker, held: set[str]) -> None:
    """Prior, u and m; no labels. The prior comes last: EM in Splink 5.0.0 leaves that of its last block behind."""
    linker.training.estimate_u_using_random_sampling(max_pairs=_SAMPLED)
    for columns in _TRAINED_ON:
        if held.issuperset(columns):
            with suppress(EMTrainingException):  # no two records share it
                linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    sure = [block_on(*columns) for columns in _SURE if held.issuperset(columns)]
    linker.training.estimate_probability_two_random_records_match(sure, recall=_RECALL)


def table(data: Any, held: set[str]) -> Any:
    """The columns that are filled. A record with one name has it twice: a column of nulls has no type of its own."""
    kept = data[sorted(held | {"id", "name2", "outward"})].rename(columns={"id": "unique_id"})
    kept["name2"] = kept["name2"].where(kept["name2"] != "", kept["name"])
    return kept.replace({"": None})


def settings(held: set[str]) -> SettingsCreator:
    return SettingsCreator(
        link_type="dedupe_only",
        comparisons=[comparison for column, comparison in _comparisons().items() if column in held],
        blocking_rules_to_generate_predictions=[block_on(*c) for c in _BLOCKS if held.issuperset(c)],
        retain_intermediate_calculation_columns=False,
    )


def _comparisons() -> dict[str, Any]:
    exact = {
        column: compare.ExactMatch(column).configure(term_frequency_adjustments=True)
        for column in ("phone", "email", "company", "licence")
    }
    return {
        "name": _name(),
        "door": _door(),
        "street": _street(),
        "postcode": _postcode(),
        **exact,
        "owner": compare.JaroWinklerAtThresholds("owner", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        "dob": compare.LevenshteinAtThresholds("dob", [1, 2]),
    }


def _name() -> Any:
    return compare.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            levels.CustomLevel("name_l is null or name_r is null").configure(is_null_level=True),
            levels.ExactMatchLevel("name").configure(tf_adjustment_column="name"),
            levels.CustomLevel("name2_l = name_r or name_l = name2_r or name2_l = name2_r"),
            levels.CustomLevel(f"{_BEST} >= 0.92"),
            levels.CustomLevel(f"{_BEST} >= 0.84"),
            levels.ElseLevel(),
        ],
    )


def _door() -> Any:
    """Equal, or a number in common: a flat or a range that one side leaves out."""
    return compare.CustomComparison(
        output_column_name="door",
        comparison_levels=[
            levels.NullLevel("door"),
            levels.ExactMatchLevel("door"),
            levels.CustomLevel("list_has_any(string_split(door_l, ' '), string_split(door_r, ' '))"),
            levels.ElseLevel(),
        ],
    )


def _street() -> Any:
    """Equal, alike, or the beginning of the other, which goes on with the town."""
    return compare.CustomComparison(
        output_column_name="street",
        comparison_levels=[
            levels.NullLevel("street"),
            levels.ExactMatchLevel("street").configure(tf_adjustment_column="street"),
            levels.CustomLevel("starts_with(street_l, street_r) or starts_with(street_r, street_l)"),
            levels.JaroWinklerLevel("street", 0.9),
            levels.ElseLevel(),
        ],
    )


def _postcode() -> Any:
    return compare.CustomComparison(
        output_column_name="postcode",
        comparison_levels=[
            levels.NullLevel("postcode"),
            levels.ExactMatchLevel("postcode").configure(tf_adjustment_column="postcode"),
            levels.LevenshteinLevel("postcode", 1),
            levels.ExactMatchLevel("outward"),
            levels.ElseLevel(),
        ],
    )


if __name__ == "__main__":
    logging.disable(logging.WARNING)  # it says hundreds of lines of how it trains
    main("splink", run)
