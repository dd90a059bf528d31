"""Promise 3, of worlds that nobody thought of: whatever is hidden from an agency, it is told the same, byte for byte.

Each example makes up what happens, in sight of beta and hidden from it, lives through it twice in a whole system, and
asks every GET of the public description. `acts.py` says what may happen; a service that is new adds to it.
"""

from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from services.linker import bootstrap as linker
from tests.e2e.any_worlds.acts import Turn, stories
from tests.e2e.any_worlds.lives import Life, lived
from tests.e2e.two_worlds.story import MARK

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.fixture(scope="module", autouse=True)
def _settles_at_once() -> object:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(linker, "_LOOK_AGAIN_SECONDS", 0.1)
        yield


@settings(
    max_examples=2,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(turns=stories)
def test_what_is_hidden_changes_nothing_whatever_it_is(turns: list[Turn]) -> None:
    with TemporaryDirectory() as folder:
        bare, full = (lived(Path(folder) / str(hidden), turns, hidden=hidden) for hidden in (False, True))
    assert sorted(bare.answers) == sorted(full.answers)
    differing = _differing(bare, full)
    assert not differing, "\n".join(differing)
    assert bare.stream == full.stream
    assert MARK not in full.raw.replace(f"q={MARK}", "")
    assert {answer.status for answer in bare.answers.values()} >= {200, 404, 422}


def _differing(bare: Life, full: Life) -> list[str]:
    both = ((path, str(bare.answers[path]), str(full.answers[path])) for path in bare.answers)
    return [f"{path}\n- {_there(one, other)}\n+ {_there(other, one)}" for path, one, other in both if one != other]


def _there(one: str, other: str) -> str:
    """Around the first place where they differ."""
    place = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return one[max(0, place - 80) : place + 120]
