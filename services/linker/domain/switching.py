"""Going over from one model to another while records keep coming.

`relinking`: every record is linked by the other model as well, page by page; what arrives meanwhile is linked by both.
`comparing`: it is found out, page by page, which businesses would differ. Then, in one transaction, those are told and
the other model is in force. `clearing`: keys and pairs of the model before are taken away, page by page.
"""

from dataclasses import dataclass
from enum import StrEnum

from services.linker.domain.model import Model


class Phase(StrEnum):
    relinking = "relinking"
    comparing = "comparing"
    clearing = "clearing"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store says: the version in force, and how far a switch has come. `position` is the number of
    the last record that was seen to."""

    in_force: str
    other: str | None = None
    phase: Phase | None = None
    position: int = 0


_DOING = {
    Phase.relinking: "being linked by, before it is in force",
    Phase.comparing: "being compared with the one in force, before it is in force itself",
    Phase.clearing: "being cleared away",
}


def in_words(version: str, now: Standing | None) -> str:
    """What is done with a published model."""
    if now and version == now.in_force:
        return "in force"
    return _DOING[now.phase] if now and now.phase and version == now.other else "published"


@dataclass(frozen=True, slots=True)
class Switch:
    other: Model
    phase: Phase

    @property
    def links(self) -> bool:
        """Whether what arrives is linked by the other model too."""
        return self.phase is not Phase.clearing


class Unswitchable(ValueError):
    """A switch cannot be begun; the message says why."""


def switched(now: Standing, version: str) -> Standing:
    """What a person's wish to link by `version` makes of it. The version in force calls a switch off.

    Raises Unswitchable while another switch is under way.
    """
    if version == now.in_force:
        if now.phase in (None, Phase.clearing):
            return now
        return Standing(now.in_force, now.other, Phase.clearing)
    if now.phase is None:
        return Standing(now.in_force, version, Phase.relinking)
    if now.other == version and now.phase is not Phase.clearing:
        return now
    doing = "is being cleared away" if now.phase is Phase.clearing else "is being switched to"
    raise Unswitchable(f"Model {now.other} {doing}. Wait for it, or call it off by switching to {now.in_force}.")


def changed_over(now: Standing) -> Standing:
    """The other model is in force, and the one before is to be cleared away."""
    if now.other is None or now.phase is not Phase.comparing:
        raise Unswitchable("No switch is ready to be made.")
    return Standing(now.other, now.in_force, Phase.clearing)


def emptied(now: Standing) -> Standing:
    """The graph was emptied to be rebuilt, so a switch begins again."""
    if now.phase in (Phase.relinking, Phase.comparing):
        return Standing(now.in_force, now.other, Phase.relinking)
    return now
