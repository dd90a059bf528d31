"""Sign-ins that were refused: a figure of the metrics each, and an entry of the audit log if it was in a known name."""

from contextlib import suppress

from prometheus_client import Counter

from services.gateway.domain.allowance import Limit
from services.gateway.domain.deed import Deed, Operation
from services.gateway.handlers.meter import Meter
from services.gateway.handlers.oauth import Refused
from services.gateway.handlers.recorder import Recorder
from shared.runtime.clock import new_id, utc_now
from shared.runtime.errors import TooMany, Unavailable
from shared.runtime.telemetry import current_trace_id

LIMIT = Limit("name", 5, 60)
"""Entries in one name, which anybody may try: of more the log would not be wiser."""
_refused = Counter("joinedup_gateway_sign_ins_refused_total", "Sign-ins that were refused, by error", ["error"])


class Refusals:
    """Call it when the refusal has been answered: an answer that waits for its entry would tell which names are
    known."""

    def __init__(self, recorder: Recorder, meter: Meter) -> None:
        self._recorder = recorder
        self._meter = meter

    async def record(self, refused: Refused, method: str, route: str) -> None:
        _refused.labels(refused.error).inc()
        if refused.whose is None:
            return
        agency, person = refused.whose
        with suppress(TooMany, Unavailable):  # nothing was given, and the recorder has said that it could not write
            self._meter.admit({LIMIT.name: f"{agency}/{person}"})
            await self._recorder.record(
                Deed(
                    entry_id=new_id("aud"),
                    at=utc_now().isoformat(timespec="microseconds"),
                    operation=Operation.sign_in,
                    agency=agency,
                    person=person,
                    roles=(),
                    purpose=None,
                    legal_gateways=(),
                    method=method,
                    route=route,
                    asked=(),
                    shown=(),
                    status=refused.status,
                    trace_id=current_trace_id(),
                )
            )
