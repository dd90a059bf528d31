"""iCal4j, which says whether a calendar keeps to RFC 5545."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.maven import fetched

_FOLDER = Path(__file__).parent / "ical4j"
_JVM = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")


class ICal4j:
    """Raises Missing where there is no Java, or Maven cannot fetch it."""

    def __init__(self) -> None:
        self._jars = fetched("iCal4j", _FOLDER / "pom.xml")

    def faults(self, calendars: Mapping[str, bytes]) -> list[str]:
        """What is wrong with any of them, by its name."""
        with TemporaryDirectory() as folder:
            for name, text in calendars.items():
                Path(folder, name).write_bytes(text)
            main = ("groovy.ui.GroovyMain", str(_FOLDER / "validate.groovy"))
            command = ["java", *_JVM, "-cp", f"{self._jars}/*", *main, *calendars]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=folder)
        return done.stdout.splitlines()
