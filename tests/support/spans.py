"""What was traced, for tests that look: one provider a test process, as OpenTelemetry wants it."""

from functools import cache

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.runtime import telemetry


@cache
def _exporter() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    telemetry.start("test", None, [SimpleSpanProcessor(exporter)])
    return exporter


class Spans:
    """The spans that ended since this was made. Make it before the applications and engines that it is to see."""

    def __init__(self) -> None:
        _exporter().clear()

    def all(self) -> list[ReadableSpan]:
        return list(_exporter().get_finished_spans())

    def of_trace(self, trace_id: str) -> list[ReadableSpan]:
        return [span for span in self.all() if span.context and format(span.context.trace_id, "032x") == trace_id]

    def text(self, but_not_of: str | None = None) -> str:
        """Everything that would leave the process, without the spans of the instrumentation `but_not_of`."""
        scopes = {span: span.instrumentation_scope for span in self.all()}
        return "\n".join(span.to_json() for span, scope in scopes.items() if scope is None or scope.name != but_not_of)
