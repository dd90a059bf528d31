"""python -m services.gateway api"""

import sys

from services.gateway import bootstrap
from services.gateway.settings import GatewaySettings, Profile
from shared.runtime import serve, telemetry


def main(role: str) -> None:
    if role != "api":
        sys.exit(__doc__)
    settings = GatewaySettings()
    if settings.profile is Profile.production and not settings.auth_jwks:
        sys.exit("Set GATEWAY_AUTH_JWKS to the issuer's keys, or GATEWAY_PROFILE=demo on loopback.")
    telemetry.start("gateway-api", settings.otlp_endpoint)
    serve.serve(bootstrap.api(settings), settings)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
