"""python -m services.calendar api | consume | relay | migrate"""

import asyncio
import sys

from services.calendar import bootstrap
from services.calendar.settings import CalendarSettings
from shared.runtime import migrate, serve, telemetry
from shared.runtime.eventlog.keys import make_keys


def main(role: str) -> None:
    settings = CalendarSettings()
    telemetry.start(f"calendar-{role}", settings.otlp_endpoint)
    match role:
        case "api":
            serve.serve(bootstrap.api(settings), settings)
        case "consume":
            serve.run_until_stopped(bootstrap.consume(settings), settings)
        case "relay":
            serve.run_relay(bootstrap.database(settings), bootstrap.log(settings), settings)
        case "migrate":
            migrate.run(bootstrap.database(settings))
            asyncio.run(make_keys(settings.keys_url, "calendar"))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
