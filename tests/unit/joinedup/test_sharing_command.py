"""`joinedup sharing`: what an officer reads, and what the printed drafts are when they are put into the file."""

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from joinedup.__main__ import app
from joinedup.stack import DEFAULT_PARTNERSHIP
from shared.sharing import Status, load_partnership

EXAMPLE = Path(__file__).parents[3] / "deploy" / "partnership.example.yaml"


def joinedup(*words: object) -> Result:
    return CliRunner().invoke(app, ["sharing", *map(str, words)])


def rows(result: Result) -> list[str]:
    return [" ".join(line.replace("│", " ").replace("┃", " ").split()) for line in result.output.splitlines()]


def test_the_example_is_told_agency_by_agency_with_the_gateway():
    told = rows(joinedup("check", EXAMPLE, "--day", "2026-11-22"))
    licensing = "in full, not to be passed on licensing-among-responsible-authorities: Licensing Act 2003, section 185"
    assert f"kerrow-council licensing kerrow-police, kerrow-fire {licensing}" in told
    assert "kerrow-fire anything everybody else nothing" in told
    asking = "on request, only identity, address, observation, if case by case, one premises only"
    assert any(asking in row for row in told)
    assert any("hit or no hit known-to-the-council" in row for row in told)
    assert any(row.startswith("home-office-west") and "nothing" in row for row in told)


def test_what_is_not_in_force_is_told_with_the_reason_and_the_next_step():
    told = "\n".join(rows(joinedup("check", EXAMPLE, "--day", "2026-11-22")))
    assert "kerrow-fire The agency whose records they are had not signed it by then." in told
    assert "Its status is legal review, not active. draft: kerrow-police, home-office-west" in told


def test_what_to_look_at_is_told():
    told = " ".join(joinedup("check", EXAMPLE, "--day", "2026-11-22").output.split())
    assert "Look at crime-and-disorder-to-police: its review is due on 2026-12-31." in told
    assert "Look at kerrow-mou: is not signed by kerrow-fire." in told


def test_the_partnership_that_ships_is_readable():
    told = joinedup("check", DEFAULT_PARTNERSHIP)
    assert told.exit_code == 0
    assert any("in full demonstration-food-safety" in row for row in rows(told))


def test_a_change_of_what_was_signed_is_refused(tmp_path):
    after = tmp_path / "after.yaml"
    after.write_text(EXAMPLE.read_text().replace("to: [police-force]", "to: [police-force, fire-authority]"))
    told = joinedup("check", after, "--was", EXAMPLE, "--day", "2026-11-22")
    assert told.exit_code == 1
    assert "crime-and-disorder-to-police: says something else than what went to legal review" in told.output
    assert joinedup("check", EXAMPLE, "--was", EXAMPLE, "--day", "2026-11-22").exit_code == 0


@pytest.mark.parametrize("text", ["agencies: [", "id: X Y"])
def test_a_faulty_file_is_refused_with_what_to_do(tmp_path, text):
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    told = joinedup("check", file)
    assert told.exit_code == 1
    assert "nobody would get anything" in told.output


def test_a_file_that_is_not_there_and_a_day_that_is_none_are_refused(tmp_path):
    assert joinedup("check", tmp_path / "none.yaml").exit_code == 1
    assert joinedup("check", EXAMPLE, "--day", "yesterday").exit_code == 2


def test_a_printed_draft_goes_into_the_file_as_it_is():
    told = joinedup(
        "draft", "modern-slavery-2015-s52", "--from", "kerrow-police", "--to", "home-office", "--category", "presence",
        "--id", "slavery", "--starts", "2027-01-01", "--grant", "known", "--contact", "desk@kerrow-police.example",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    file = yaml.safe_load(EXAMPLE.read_text())
    file["legal_gateways"] += yaml.safe_load(told.output)
    made = load_partnership(yaml.safe_dump(file)).legal_gateways[-1]
    assert (made.id, made.status, made.statute, made.legal_review) == (
        "slavery",
        Status.draft,
        "Modern Slavery Act 2015",
        None,
    )
    assert made.conditions


@pytest.mark.parametrize(
    ("entry", "more", "says"),
    [
        ("local-government-1972-s111", [], "no power to share"),
        ("magna-carta", [], "no such entry"),
        ("modern-slavery-2015-s52", ["--grant", "known"], "names a contact"),
        ("modern-slavery-2015-s52", ["--grant", "fields"], "name field_groups"),
    ],
)
def test_a_draft_of_what_is_no_power_or_grants_nothing_clear_is_refused(entry, more, says):
    fixed = ["--from", "a", "--to", "b", "--category", "c", "--id", "x", "--starts", "2027-01-01"]
    told = joinedup("draft", entry, *fixed, *more)
    assert told.exit_code == 1
    assert says in " ".join(told.output.split())


def test_a_cloned_memorandum_has_the_words_and_no_signature():
    told = joinedup("clone", EXAMPLE, "kerrow-mou", "--party", "acton", "--party", "brent", "--id", "acton-mou")
    (made,) = yaml.safe_load(told.output)
    assert made["parties"] == ["acton", "brent"]
    assert made["how"].startswith("In this service only")
    assert not {"signatures", "review_on"} & made.keys()
    assert joinedup("clone", EXAMPLE, "none", "--party", "a", "--party", "b", "--id", "x").exit_code == 1
    assert joinedup("clone", EXAMPLE, "kerrow-mou", "--party", "a", "--id", "x").exit_code == 1


def test_the_catalogue_is_listed_with_its_direction():
    told = joinedup("catalogue")
    assert told.exit_code == 0
    assert any("uk-borders-2007-s40" in row and "immigration-authority" in row for row in rows(told))


def test_an_entry_is_shown_with_its_law_its_doubts_and_that_it_needs_review():
    told = rows(joinedup("catalogue", "immigration-and-asylum-1999-s20"))
    assert "Power Immigration and Asylum Act 1999, section 20" in told
    assert "From anyone; not HM Revenue and Customs" in told
    assert "To Home Office, immigration functions" in told
    assert any(row.startswith("Uncertain") for row in told)
    assert "Written 2026-11-22; legal review needed" in told
    assert joinedup("catalogue", "magna-carta").exit_code == 1
