"""`joinedup people`: what an administrator reads, and a printed register that can be put in place."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from joinedup.__main__ import app
from services.gateway.domain.register import found, load_register
from services.gateway.handlers.secrets import matches

EXAMPLE = Path(__file__).parents[3] / "deploy" / "register.example.yaml"


def joinedup(*words: object) -> Result:
    return CliRunner(env={"COLUMNS": "300"}).invoke(app, ["people", *map(str, words)])


@pytest.mark.parametrize(("day", "lead"), [("2026-12-01", "a-trevose"), ("2026-12-28", "j-carne")])
def test_who_acts_in_a_post_is_told_deputies_included(day, lead):
    told = [
        " ".join(line.replace("│", " ").split()) for line in joinedup("who", EXAMPLE, "--day", day).output.splitlines()
    ]
    assert f"kerrow-council Lead officer, food safety {lead} officer, analyst licensing, crime-and-disorder" in told
    assert "kerrow-council Food safety officers whom kerrow-keycloak says officer licensing" in told


def test_the_printed_register_has_the_successor_in_place():
    printed = joinedup("handover", EXAMPLE, "a-trevose", "--to", "j-carne", "--on", "2027-02-01").output
    after = load_register(printed)
    assert found(after.people, "a-trevose", date(2027, 2, 1)) is None
    assert [held.person for held in after.posts[1].holders if held.covers(date(2027, 2, 1))] == ["j-carne"]


def test_a_handover_that_cannot_be_is_refused_with_the_reason():
    refused = joinedup("handover", EXAMPLE, "a-trevose", "--to", "nobody", "--on", "2027-02-01")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "two people of the register" in refused.stderr


async def test_a_secret_is_shown_with_its_hash():
    lines = joinedup("secret").output.splitlines()
    secret, kept = (line.split()[-1] for line in lines)
    assert await matches(secret, kept)
    assert not await matches(secret + "x", kept)


def test_a_faulty_register_is_named_with_its_faults(tmp_path):
    faulty = tmp_path / "register.yaml"
    faulty.write_text("posts: [{id: x}]")
    assert "posts.0.agency: Field required" in joinedup("who", faulty).stderr
