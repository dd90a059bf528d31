"""Which step leads where in the life of a referral."""

from collections.abc import Mapping

from shared.contracts.api.referrals.life import State, Step

_DECISIONS = {Step.accept: State.accepted, Step.decline: State.declined, Step.pass_on: State.passed_on}
_MOVES: Mapping[State, Mapping[Step, State]] = {
    State.received: {Step.acknowledge: State.acknowledged, **_DECISIONS},
    State.acknowledged: _DECISIONS,
    State.accepted: {Step.action: State.actioned, Step.pass_on: State.passed_on, Step.close: State.closed},
    State.declined: {Step.close: State.closed},
    State.actioned: {Step.close: State.closed},
    State.passed_on: {},
    State.closed: {},
}
OPEN = tuple(state for state, moves in _MOVES.items() if moves)
SAYS: Mapping[State, str] = {
    State.received: "has it",
    State.acknowledged: "has read it",
    State.accepted: "took it on",
    State.declined: "does not take it on",
    State.passed_on: "passed it on",
    State.actioned: "has acted on it",
    State.closed: "closed it",
}
"""Each after the name of the agency."""


def after(state: State, step: Step) -> State | None:
    """The state that the step leads to; None where it cannot be taken."""
    return _MOVES[state].get(step)


def next_steps(state: State) -> tuple[Step, ...]:
    return tuple(_MOVES[state])
