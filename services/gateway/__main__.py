"""python -m services.gateway api | deliver | migrate"""

import sys

from services.gateway import bootstrap
from services.gateway.settings import GatewaySettings
from shared.runtime import migrate, serve, telemetry


def main(role: str) -> None:
    settings = GatewaySettings()
    telemetry.start(f"gateway-{role}", settings.otlp_endpoint)
    match role:
        case "api":
            serve.serve(bootstrap.api(settings), settings)
        case "deliver":
            serve.run_until_stopped(bootstrap.deliver(settings), settings)
        case "migrate":
            migrate.run(bootstrap.database(settings))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
