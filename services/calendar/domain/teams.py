"""The policies of teams as they ship."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from shared.contracts.api.calendar.teams import FollowUpRates, Regimes, Staffing, TeamPolicies

FOLDER = Path(__file__).parent.parent / "catalogue"


@cache
def regimes() -> Regimes:
    return Regimes.model_validate(_read("regimes.yaml"))


@cache
def staffing() -> Staffing:
    return Staffing.model_validate(_read("staffing.yaml"))


@cache
def follow_up_rates() -> FollowUpRates:
    return FollowUpRates.model_validate(_read("follow_up.yaml"))


def team_policies() -> TeamPolicies:
    return TeamPolicies(regimes=regimes(), staffing=staffing(), follow_up=follow_up_rates())


def _read(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
