"""python -m services.referrals api | consume | relay | migrate"""

import sys

from services.referrals import bootstrap
from services.referrals.settings import ReferralsSettings
from shared.runtime import migrate, serve, telemetry
from shared.runtime.eventlog import open_log


def main(role: str) -> None:
    settings = ReferralsSettings()
    telemetry.start(f"referrals-{role}", settings.otlp_endpoint)
    match role:
        case "api":
            serve.serve(bootstrap.api(settings), settings)
        case "consume":
            serve.run_until_stopped(bootstrap.consume(settings), settings)
        case "relay":
            serve.run_relay(bootstrap.database(settings), open_log(settings.log_url), settings)
        case "migrate":
            migrate.run(bootstrap.database(settings))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
