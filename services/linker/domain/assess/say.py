"""Risk in sentences that an officer would accept."""

from collections.abc import Sequence
from datetime import date

from services.linker.domain.assess.policy import BandRule, RiskPolicy
from services.linker.domain.assess.weigh import WORST_SEVERITY, Observed, Recurrence, Standing, Weighed
from shared.contracts.events.linker import RiskBand

_TIMES = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def regime_name(regime: str) -> str:
    return regime.replace("_", " ").replace("-", " ").capitalize()


def reason(regime: str, live: Sequence[Weighed], again: Recurrence | None, weight: float) -> str:
    """One sentence for a regime, its heaviest concern first."""
    others = f"; {len(live)} records with live concerns" if len(live) > 1 else ""
    back = f"; {came_back(again)}" if again and again.times > 1 else ""
    return f"{regime_name(regime)}: {found(live[0].observed)}, weighs {weight:.1f}{others}{back}."


def found(observed: Observed) -> str:
    said = observed.observation
    rated = f", rated {said.native_rating} by the agency" if said.native_rating else ""
    return f"severity {said.severity} of {WORST_SEVERITY}{rated}, {dated(observed)}"


def dated(observed: Observed) -> str:
    return f"{'seen on' if observed.observation.observed_on else 'reported by'} {day(observed.on)}"


def came_back(again: Recurrence) -> str:
    ordinal = _TIMES[again.times] if again.times < len(_TIMES) else f"{again.times}th"
    after = f", the last after a check on {day(again.check.on)} found nothing" if again.check else ""
    return f"it keeps coming back: {ordinal} time since {again.since:%B %Y}{after}"


def persistence(again: Recurrence | None, policy: RiskPolicy) -> str:
    """The rule that was applied, with its figures."""
    if again is None or again.factor == 1.0:
        return "It has not come back within the time that the policy looks at, so persistence adds nothing."
    rule = policy.persistence
    check = f", {rule.after_nothing_found:g} because it came back after a check found nothing" if again.check else ""
    return (
        f"{_sentence(came_back(again))}. Each earlier time within {rule.within_days} days adds {rule.each_time:g} of"
        f" the weight{check}; so it weighs {again.factor:g} times as much (at most {rule.most:g})."
    )


def standing(weighed: Weighed, policy: RiskPolicy) -> str:
    """What one concern weighs and why."""
    observed, said = weighed.observed, weighed.observed.observation
    begin = _sentence(found(observed))
    if weighed.standing is Standing.slight:
        return f"{begin}: below severity {policy.least_severity}, which does not count."
    if weighed.standing is Standing.closed and said.closed_on:
        return f"{begin}: closed by the agency on {day(said.closed_on)}."
    if weighed.standing is Standing.cleared and weighed.check:
        return f"{begin}: a later check by the same source, {dated(weighed.check)}, found nothing."
    halves = f"its weight halves every {policy.half_life_of(observed.regime):g} days"
    doubt = _doubt(weighed, policy)
    if weighed.standing is Standing.faded:
        faded = f"has faded to {weighed.weight:.2f}; up to {policy.live_above:g} is not live"
        return f"{begin}: {halves}{doubt} and {faded}."
    return f"{begin}: {halves}{doubt} and has come to {weighed.weight:.2f}."


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _doubt(weighed: Weighed, policy: RiskPolicy) -> str:
    if not weighed.check:
        return ""
    times = policy.nothing_found_by_another_source
    return f", counts {times:g} times since another source found nothing later ({dated(weighed.check)})"


def check(observed: Observed) -> str:
    return f"Checked and nothing found, {dated(observed)}."


def no_live_concern(regime: str, concerns: int, checks: int) -> str:
    """Of a regime that has none on that date."""
    said = [f"{concerns} earlier concern{'s' if concerns > 1 else ''}"] if concerns else []
    said += [f"{checks} check{'s' if checks > 1 else ''} that found nothing"] if checks else []
    return f"{regime_name(regime)}: no live concern; {' and '.join(said)}."


def band(rule: BandRule | None) -> str:
    """The rule behind a band."""
    if rule is None:
        return "No regime has a live concern."
    regimes = f"at least {rule.regimes} regime{'s' if rule.regimes > 1 else ''} with live concerns"
    heavy = f", the heaviest weighing {rule.weight:g} or more" if rule.weight else ""
    return f"{rule.band.value.capitalize()}: {regimes}{heavy}."


def in_short(band: RiskBand, regimes: Sequence[str]) -> str:
    if not regimes:
        return "No live concern in what you may see."
    named = ", ".join(map(regime_name, regimes))
    plural = "s" if len(regimes) > 1 else ""
    return f"{band.value.capitalize()}: live concerns in {len(regimes)} regime{plural} ({named})."
