"""Lines of text out of bytes, in bounded memory.

Each line is decoded for itself: UTF-8 if it is UTF-8, else Windows-1252. The same line therefore always reads the
same, wherever reading began; a file that mixes the two, as joined exports do, reads rightly; and nothing needs to be
read twice or guessed from a sample. A Windows-1252 line that is also valid UTF-8 is not known to occur in names.
"""

from collections.abc import Iterator

from services.ingest.domain.readers.rows import CHUNK, ReadableStream, refused

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def raw_lines(stream: ReadableStream, max_line: int) -> Iterator[bytes | None]:
    """Lines with their line break; None stands for one longer than `max_line` bytes, which is read past.

    Lines end in LF or CRLF; in CR alone if the first chunk has no LF.
    """
    chunk = without_bom(stream, CHUNK)
    end = b"\r" if b"\r" in chunk and b"\n" not in chunk else b"\n"
    rest, skipping = b"", False
    while chunk:
        pieces = (rest + chunk).split(end)
        rest = pieces.pop()
        for piece in pieces:
            yield None if skipping or len(piece) > max_line else piece + end
            skipping = False
        if len(rest) > max_line:
            rest, skipping = b"", True
        chunk = stream.read(CHUNK)
    if skipping:
        yield None
    elif rest:
        yield rest


def decode(line: bytes) -> str | None:
    """The line's text, or None if it is neither UTF-8 nor Windows-1252, or holds a NUL."""
    if b"\x00" in line:
        return None
    try:
        return line.decode()
    except UnicodeDecodeError:
        pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:
        return None


def without_bom(stream: ReadableStream, size: int) -> bytes:
    """The first `size` bytes of text, however few a read gives. Raises Refused if it is UTF-16."""
    chunk = stream.read(size)
    while 0 < len(chunk) < size and (more := stream.read(size - len(chunk))):
        chunk += more
    if chunk.startswith(_UTF16):
        raise refused("file", "encoding_unsupported", "Save the file as UTF-8; it is UTF-16.")
    return chunk.removeprefix(_BOM)
