"""Pairs drawn for a reader: which are links, which near-misses, and that a seed says which."""

import csv
from pathlib import Path

from typer.testing import CliRunner

from joinedup.__main__ import app
from joinedup.bench.sample import HEADING, draw, draw_unseen

BUSINESSES = [("a", "b", "c"), ("d",), ("e",), ("f",)]
WEIGHTS = {("a", "b"): 9.0, ("a", "d"): 5.0, ("d", "e"): -2.0, ("e", "f"): -2.1}
FOOD = """fhrsid,la_business_id,business_name,business_type,address1,address2,address3,address4,postcode,phone,rating,\
rating_date,local_authority,lon,lat
1,,The Chicken Shop,,12 The Broadway,Southall,,,UB1 1AA,,5,2022-01-04,Ealing,,
2,,Megson's Pharmacy,,15 Queens Parade,Ealing,,,W5 3HU,,5,2022-01-04,Ealing,,
4,,Sweetz,,12 The Broadway,Southall,,,UB1 1AA,,5,2022-01-04,Ealing,,
3,,Curry Corner,,14 High Road,Southall,,,UB1 1AB,,5,2022-01-04,Ealing,,
"""
PHARMACIES = """test,name,text,postcode,point
p1,John Megson Pharmacy,"15 Queens Parade, Ealing",W5 3HU,
p2,Spice Hut,"14 High Road, Southall",UB1 1AB,
"""


def test_links_are_all_pairs_within_a_business_and_near_misses_come_close_outside_one() -> None:
    drawn = draw(WEIGHTS, BUSINESSES, -2.0, (9, 9), seed=1)
    assert {one.pair: one.bits for one in drawn if one.kind == "link"} == {
        ("a", "b"): 9.0,
        ("a", "c"): None,
        ("b", "c"): None,
    }
    assert {one.pair: one.bits for one in drawn if one.kind == "near-miss"} == {("a", "d"): 5.0, ("d", "e"): -2.0}


def test_a_seed_draws_the_same_pairs_whatever_the_order_of_the_input_and_another_seed_others() -> None:
    businesses = [tuple(f"r{number:02}" for number in range(20))]
    first = draw({}, businesses, -2.0, (5, 0), seed=1)
    assert draw({}, [tuple(reversed(businesses[0]))], -2.0, (5, 0), seed=1) == first
    assert draw({}, businesses, -2.0, (5, 0), seed=2) != first


def test_what_the_linker_did_not_see_is_neither_a_link_nor_a_near_miss_and_says_how_it_was_found() -> None:
    alike = {("a", "c"): "one name", ("a", "d"): "one name", ("e", "f"): "one postcode", ("c", "f"): "one name"}
    drawn = draw_unseen(alike, WEIGHTS, BUSINESSES, -2.0, 9, seed=1)
    assert {(one.pair, one.kind, one.bits) for one in drawn} == {
        (("e", "f"), "far apart: one postcode", -2.1),
        (("c", "f"), "never compared: one name", None),
    }


def test_a_folder_of_registers_becomes_a_table_with_both_records_and_room_for_a_judgement(tmp_path: Path) -> None:
    folder, out = tmp_path / "registers", tmp_path / "sample.csv"
    folder.mkdir()
    (folder / "food_hygiene_ratings.csv").write_text(FOOD, encoding="utf-8")
    (folder / "pharmacies.csv").write_text(PHARMACIES, encoding="utf-8")
    result = CliRunner().invoke(app, ["bench", "sample", "--registers", str(folder), "--out", str(out)])
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(HEADING)
    assert [(row["kind"], row["judgement"], {row["names 1"], row["names 2"]}) for row in rows] == [
        ("link", "", {"Megson's Pharmacy", "John Megson Pharmacy"}),
        ("near-miss", "", {"Curry Corner", "Spice Hut"}),
    ]
    assert all("premises/same_door.postcode" in row["evidence"] for row in rows)


def test_where_no_records_are_named_it_says_how_to_name_them(tmp_path: Path) -> None:
    out = tmp_path / "sample.csv"
    result = CliRunner().invoke(app, ["bench", "sample", "--out", str(out)])
    assert result.exit_code == 1
    assert "--registers FOLDER" in result.output
    assert not out.exists()
