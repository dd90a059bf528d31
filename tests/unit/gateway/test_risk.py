"""What lies in the log is read as a risk change, left where it is another's, and refused where it is nothing."""

import pytest

from services.gateway.domain.risk import decode
from tests.integration.gateway.risk import audience_of, change

LIES = change("fire").value


def test_who_reads_for_one_agency_gets_what_that_was_told_of_and_nothing_else() -> None:
    told = audience_of("fire").agencies
    assert "police" not in told
    assert decode(LIES) == decode(LIES, "fire")
    assert decode(LIES, "police") is None


@pytest.mark.parametrize("agency", [None, "police"])
@pytest.mark.parametrize("made_up", [b"[]", b"no JSON", LIES.replace(b'"agencies"', b'"agents"')])
def test_what_is_no_risk_change_is_refused_whoever_reads_it(made_up: bytes, agency: str | None) -> None:
    with pytest.raises(ValueError, match=r".+"):
        decode(made_up, agency)
