"""OpenTelemetry, Prometheus and structured logs, with one trace from the POST to the stream.

Nothing is exported unless an endpoint is set. The `traceparent` travels inside the CloudEvent, so a file-based log
carries it as Kafka headers would. No query strings, names or bodies enter a span or a log line.
"""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from types import TracebackType
from typing import Any

import httpx
import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor, RequestInfo
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, DEFAULT_ON
from opentelemetry.trace import Link, Span, SpanKind, Status
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("joinedup")
_start_span = partial(_tracer.start_as_current_span, record_exception=False, set_status_on_exception=False)
"""An exception's message may hold what somebody sent."""


def start(service: str, otlp_endpoint: str | None, processors: Sequence[SpanProcessor] = ()) -> None:
    """Once a process: traces under the service's name, to the endpoint if there is one, and logs as JSON lines."""
    _configure_logs(service)
    sys.excepthook = _last_words
    is_traced = bool(otlp_endpoint or processors)
    sampler = DEFAULT_ON if is_traced else ALWAYS_OFF  # an id for the logs even where no span is kept
    provider = TracerProvider(sampler, Resource.create({"service.name": f"joinedup-{service}"}))
    provider.add_span_processor(_ForgetMessages())
    if otlp_endpoint:
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{otlp_endpoint}/v1/traces")))
    for processor in processors:
        provider.add_span_processor(processor)
    trace.set_tracer_provider(provider)
    if is_traced:
        HTTPXClientInstrumentor().instrument(async_request_hook=_forget_query)
        # It declares SQLAlchemy <2.1 and would silently do nothing, hence the flag. Engines made after this are traced.
        SQLAlchemyInstrumentor().instrument(skip_dep_check=True)


class _ForgetMessages(SpanProcessor):
    """Comes first: the database's own messages quote values, and the instrumentation puts them into the status."""

    def on_end(self, span: ReadableSpan) -> None:
        span._status = Status(span.status.status_code)


async def _forget_query(span: Span, request: RequestInfo) -> None:
    """The instrumentation writes the whole URL into the span; a query may hold a name, or the key to a download."""
    if span.is_recording() and isinstance(request.url, httpx.URL):
        span.set_attribute("http.url", str(request.url.copy_with(query=None)))


def current_traceparent() -> str | None:
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str | None:
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else None


@contextmanager
def handling(consumer: str, traceparents: Sequence[str | None]) -> Iterator[None]:
    """A span over the handling of a batch. Events of one trace continue it; a mixed batch links to each."""
    distinct = sorted({parent for parent in traceparents if parent})
    contexts = [_propagator.extract({"traceparent": parent}) for parent in distinct]
    links = [Link(trace.get_current_span(context).get_span_context()) for context in contexts]
    parent = contexts[0] if len(contexts) == 1 else None
    with _start_span(
        f"{consumer} handle",
        context=parent,
        kind=SpanKind.CONSUMER,
        links=links,
        attributes={"messages": len(traceparents)},
    ):
        yield


def span(
    name: str, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL
) -> AbstractContextManager[object]:
    """A span under `traceparent`, or under the current one if that is kept."""
    if not traceparent and not trace.get_current_span().is_recording():
        return nullcontext()
    context = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    return _start_span(name, context=context, kind=kind)


def log(name: str) -> Any:
    """A structured logger: `log(__name__).info("file_refused", feed=…, code=…)`."""
    return structlog.get_logger(name)


def where(error: BaseException) -> list[str]:
    """The stack of an exception for a log: places only, because its message may hold what somebody sent."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]


def _last_words(kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
    log(__name__).error("process_failed", error=kind.__name__, where=where(error))


def _add_trace(_logger: Any, _name: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if trace_id := current_trace_id():
        entry["trace_id"] = trace_id
    return entry


def _configure_logs(service: str) -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format=f"%(asctime)s {service} %(name)s %(message)s")
    renderer = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            lambda _logger, _name, entry: {"service": service, **entry},
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_trace,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
