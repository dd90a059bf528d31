"""The pages for a tasking chair, followed as they stand in a made-up Ealing."""

import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import time_machine

from joinedup.guide import guide
from shared.runtime.clock import LONDON, today
from tests.e2e.ealing.person import Person
from tests.e2e.ealing.week import BEGINS, Play, Week, running
from tests.support.guides import Guide
from tests.support.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PAGES = {"tasking-meeting": 5, "plan-a-joint-visit": 10, "week-of-action": 8, "partnership-report": 2}
"""In the order of a chair's week, and how many requests each makes."""
WHO = {"CHAIR": "chan", "OFFICER": "olu", "IMMIGRATION": "ines", "FIRE": "frank"}


def test_every_request_of_the_pages_is_answered_as_they_say(tmp_path: Path) -> None:
    with time_machine.travel(BEGINS) as clock, running(tmp_path) as people:
        play = Play(Week(), people, clock)
        play.the_week_before()
        play.begin_monday()

        def call(who: str, method: str, path: str, body: Any) -> httpx.Response:
            """Once the services know again, after the clock was moved, which tokens were revoked."""
            answers: list[httpx.Response] = []

            def is_answered() -> bool:
                answers.append(people[WHO[who]].call(method, path, body))
                return answers[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

            wait_until(is_answered, 30, f"An answer to {method} {path}")
            return answers[-1]

        def move(moment: str) -> None:
            clock.move_to(datetime.fromisoformat(moment).replace(tzinfo=LONDON))
            people["chan"].at.sign_in_again()

        _check_the_demonstrations_guide(people["chan"])
        made = {page: Guide(f"{page}.md", call, move).follow() for page in PAGES}
    assert made == PAGES


def _check_the_demonstrations_guide(chair: Person) -> None:
    """What `joinedup demo` prints, typed into a shell."""
    worst = chair.get("/v1/businesses?limit=1")["businesses"][0]["business_id"]
    url = str(chair.at.http.base_url).rstrip("/")
    lines = [line.strip() for line in guide(url, "ealing-council", worst, today()).splitlines()]
    token, *commands = (line for line in lines if line.startswith(("TOKEN", "curl")))
    for command, says in zip(commands, ("agenda", "attendees", "visit_id"), strict=True):
        typed = subprocess.run(["bash", "-c", f"{token}\n{command}"], capture_output=True, text=True, check=True)
        assert f'"{says}"' in typed.stdout, typed.stdout
