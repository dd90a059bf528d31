"""Files and their specifications; linking and checking them offline."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from joinedup.__main__ import app
from joinedup.feeds import Unusable, feed_file, folder_files

FOOD = (
    "fhrsid,business_name,address1,address2,address3,address4,postcode,lat,lon,phone,business_type,rating,rating_date\n"
)
ROW = "{ref},{name},12 The Broadway,,,,UB1 1AA,,,,Takeaway,{rating},2026-01-31\n"
PHARMACIES = "test,name,text,postcode,point\npharmacy:1,Broadway Chemist,1 The Broadway,UB1 1AA,\n"


@pytest.fixture
def food(tmp_path: Path) -> Path:
    path = tmp_path / "food_hygiene_ratings.csv"
    rows = [("1", "The Chicken Shop", "0"), ("2", "Chicken Shop", "1"), ("3", "Blue Anchor", "eleven")]
    path.write_text(FOOD + "".join(ROW.format(ref=ref, name=name, rating=rating) for ref, name, rating in rows))
    return path


def test_a_register_finds_its_shipped_specification_by_its_file_name(tmp_path: Path, food: Path) -> None:
    (tmp_path / "pharmacies.csv").write_text(PHARMACIES)
    found = {file.path.name: file.spec.id for file in folder_files(tmp_path)}
    assert found == {"food_hygiene_ratings.csv": "ealing-food-hygiene", "pharmacies.csv": "ealing-pharmacies"}


def test_a_specification_beside_the_file_comes_before_a_shipped_one(tmp_path: Path, food: Path) -> None:
    spec = Path("services/ingest/catalogue/ealing-food-hygiene.yaml").read_text(encoding="utf-8")
    food.with_suffix(".yaml").write_text(spec.replace("id: ealing-food-hygiene", "id: our-own"))
    assert [file.spec.id for file in folder_files(tmp_path)] == ["our-own"]


def test_a_file_that_no_specification_fits_is_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "mystery.csv").write_text("a,b\n1,2\n")
    with pytest.raises(Unusable, match=r"Put one beside it as mystery\.yaml"):
        folder_files(tmp_path)


def test_an_argument_without_a_specification_is_refused() -> None:
    with pytest.raises(Unusable, match="SPEC=FILE"):
        feed_file("food.csv")


def test_a_faulty_specification_is_refused_field_by_field(tmp_path: Path, food: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("id: x\ntitle: X\n")
    with pytest.raises(Unusable, match="agency: Add this field"):
        feed_file(f"{broken}={food}")


def test_link_writes_a_row_for_each_good_record_and_puts_two_spellings_together(tmp_path: Path, food: Path) -> None:
    out = tmp_path / "clusters.csv"
    done = CliRunner().invoke(app, ["link", "--feed", f"ealing-food-hygiene={food}", "--out", str(out)])
    assert done.exit_code == 0, done.output
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["feed"], row["source_ref"]) for row in rows] == [("ealing-food-hygiene", ref) for ref in ("1", "2")]
    assert all(row["business_id"].startswith("biz_") for row in rows)
    assert "2 rows taken, 1 rejected" in done.output


def test_check_shows_what_would_be_rejected_and_the_remedy_without_repeating_the_value(food: Path) -> None:
    done = CliRunner().invoke(app, ["feed", "check", f"ealing-food-hygiene={food}"])
    assert done.exit_code == 0, done.output
    assert "3 rows read, 2 would be taken" in done.output
    assert "rating" in done.output
    assert "eleven" not in done.output


def test_check_refuses_a_file_without_the_mapped_columns(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("colour,size\nred,1\n")
    done = CliRunner().invoke(app, ["feed", "check", f"ealing-food-hygiene={other}"])
    assert done.exit_code == 1
    assert "was refused" in done.output


def test_a_missing_file_is_named() -> None:
    done = CliRunner().invoke(app, ["feed", "check", "ealing-food-hygiene=nowhere.csv"])
    assert done.exit_code == 1
    assert "There is no file nowhere.csv" in done.output
