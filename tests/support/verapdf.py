"""veraPDF, which says whether a PDF keeps to PDF/UA-1 (ISO 14289-1), as far as a machine can."""

import subprocess
from pathlib import Path

from tests.support.maven import fetched

_POM = Path(__file__).parent / "verapdf" / "pom.xml"
_MAIN = "org.verapdf.apps.GreenfieldCliWrapper"
_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


class VeraPdf:
    """Raises Missing where there is no Java, or Maven cannot fetch it."""

    def __init__(self) -> None:
        self._jars = fetched("veraPDF", _POM)

    def says(self, paper: Path) -> str:
        """`PASS`, or `FAIL` with each rule that is broken."""
        asked = ("--flavour", "ua1", "--format", "text", "--verbose", str(paper))
        command = ["java", *_JVM, "-cp", f"{self._jars}/*", _MAIN, *asked]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.stdout.replace(str(paper), "").strip() or done.stderr
