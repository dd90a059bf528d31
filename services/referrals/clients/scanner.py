"""The partnership's own scanner of files: a command that reads a file and says by its exit status what it thinks."""

import asyncio
import shlex

from shared.contracts.problem import FieldProblem
from shared.runtime.errors import Invalid, Unavailable

_SECONDS = 60.0
_CLEAN, _INFECTED = 0, 1


class Scanner:
    """Runs `command` with the file on its standard input, as `clamdscan -` takes it; status 0 is clean, 1 is not.
    Without a command nothing is scanned."""

    def __init__(self, command: str | None) -> None:
        self._command = shlex.split(command) if command else None

    async def check(self, content: bytes) -> None:
        """Raises Invalid for a file that is not clean, and Unavailable where the scanner does not say."""
        if self._command is None:
            return
        status = await self._run(self._command, content)
        if status == _INFECTED:
            remedy = "Take the photograph again: the scanner does not let this file in."
            raise Invalid(errors=[FieldProblem(field="body", code="not_clean", remedy=remedy)])
        if status != _CLEAN:
            raise Unavailable("The scanner of files is not answering.", headers={"Retry-After": "10"})

    async def _run(self, command: list[str], content: bytes) -> int | None:
        """Its exit status; None where it cannot be run or takes too long."""
        try:
            nothing = asyncio.subprocess.DEVNULL
            pipe = asyncio.subprocess.PIPE
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=nothing, stderr=nothing)
        except OSError:
            return None
        try:
            async with asyncio.timeout(_SECONDS):
                await process.communicate(content)
        except TimeoutError:
            process.kill()
            await process.wait()
        return process.returncode
