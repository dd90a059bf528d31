"""XML through a push parser: no tree is built, so memory holds one row; no DTD, so no entity can expand or fetch."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar
from xml.parsers import expat

from services.ingest.domain.readers.rows import Limits, ReadableStream, Refused, refused

_CHUNK = 1 << 16
ItemT = TypeVar("ItemT")
Attributes = dict[str, str]


class Target(Protocol[ItemT]):
    """What the parser tells, and what is finished since it was last asked. Tags come without namespace prefix."""

    def start(self, tag: str, attributes: Attributes) -> None: ...
    def end(self, tag: str) -> None: ...
    def data(self, text: str) -> None: ...
    def finished(self) -> list[ItemT]: ...


def parse_xml(stream: ReadableStream, target: Target[ItemT], limits: Limits) -> Iterator[ItemT]:
    """What the target finishes, as it finishes it. Raises Refused."""
    parser = _Parser(target, limits)
    more = True
    while more:
        chunk = stream.read(_CHUNK)
        more = bool(chunk)
        fault = parser.feed(chunk)
        yield from target.finished()
        if fault:
            raise fault


def local_name(name: str) -> str:
    """Without prefix (`x:row`) or namespace (`{uri}row`)."""
    return name.rpartition("}")[2].rpartition(":")[2]


class _Parser(Generic[ItemT]):
    """expat, with bounds on depth and on what it has to hold before it can tell it."""

    def __init__(self, target: Target[ItemT], limits: Limits) -> None:
        self._target, self._limits = target, limits
        self._depth, self._fed = 0, 0
        self._expat = expat.ParserCreate()
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = target.data
        self._expat.StartDoctypeDeclHandler = _no_doctype

    def feed(self, chunk: bytes) -> Refused | None:
        """What is wrong, if anything; an empty chunk ends the document."""
        try:
            self._expat.Parse(chunk, not chunk)
        except Refused as fault:
            return fault
        except expat.ExpatError as error:
            remedy = f"Correct the XML at line {error.lineno}: from there on it is not well formed."
            return refused("file", "xml_malformed", remedy)
        except (ValueError, LookupError):
            return refused("file", "encoding_unsupported", "Save the file as UTF-8.")
        self._fed += len(chunk)
        return self._held_too_long()

    def _held_too_long(self) -> Refused | None:
        limit = self._limits.max_row_bytes
        if self._fed - self._expat.CurrentByteIndex <= limit + _CHUNK:
            return None
        return refused("row", "row_too_long", f"Shorten tags and comments to {limit} bytes.")

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > self._limits.max_depth:
            raise refused("row", "too_deep", "Nest the file's elements less deeply.")
        self._target.start(local_name(name) if ":" in name else name, attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._target.end(local_name(name) if ":" in name else name)


def _no_doctype(*declaration: object) -> None:
    raise refused("file", "xml_doctype", "Remove the DOCTYPE: document types and entities are not accepted.")
