"""A gateway without its audit log, to measure what the log costs. `python -m joinedup.bench.unaudited`, on loopback."""

from services.gateway import bootstrap
from services.gateway.api.audited import Audited
from services.gateway.settings import GatewaySettings
from shared.runtime import telemetry
from shared.runtime.serve import serve

if __name__ == "__main__":
    settings = GatewaySettings()
    telemetry.start("gateway-unaudited", settings.otlp_endpoint)
    app = bootstrap.api(settings)
    app.user_middleware = [one for one in app.user_middleware if one.cls is not Audited]  # type: ignore[comparison-overlap]
    serve(app, settings)
