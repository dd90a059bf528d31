"""python -m services.linker api | consume | relay | migrate | rebuild"""

import asyncio
import sys

from shared.runtime import native


def main(role: str) -> None:
    native.use()
    from services.linker import bootstrap  # only now, since these load what may be there compiled
    from services.linker.settings import LinkerSettings
    from shared.runtime import migrate, serve, telemetry
    from shared.runtime.eventlog import open_log

    settings = LinkerSettings()
    telemetry.start(f"linker-{role}", settings.otlp_endpoint)
    match role:
        case "api":
            serve.serve(bootstrap.api(settings), settings)
        case "consume":
            serve.run_until_stopped(bootstrap.consume(settings), settings)
        case "relay":
            serve.run_relay(bootstrap.database(settings), open_log(settings.log_url), settings)
        case "migrate":
            migrate.run(bootstrap.database(settings))
        case "rebuild":
            asyncio.run(bootstrap.rebuild(settings))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) == 2 else "")
