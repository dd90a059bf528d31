"""A ZIP archive opened so that a hostile one cannot fill memory: nothing that it declares is believed."""

import struct
import zipfile
import zlib
from typing import BinaryIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from services.ingest.domain.readers.rows import Limits, ReadableStream, Refused, refused

_MAX_DIRECTORY = 1 << 20
_MAX_TREE = 4 << 20
_DENSE_FROM = 10 << 20
_TAIL = (1 << 16) + 22
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # also what zipfile raises for a split archive, or one that needs a newer unpacker
    OSError,
    EOFError,
    ValueError,
    struct.error,
)


class Archive:
    """Members as bounded streams. Raises Refused for whatever is wrong with the archive."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        try:
            _check_directory(stream)
            self._zip = zipfile.ZipFile(stream)
        except _UNREADABLE:
            raise not_a_workbook() from None

    def open(self, name: str, max_size: int) -> "Member":
        """The member's bytes, refused beyond `max_size`."""
        info = self._zip.NameToInfo.get(name)
        if info is None or info.compress_type not in _METHODS:
            raise not_a_workbook()
        dense = info.file_size > _DENSE_FROM and info.file_size > self._limits.max_ratio * info.compress_size
        if info.file_size > max_size or dense:
            raise _too_big()
        try:
            return Member(self._zip.open(info), max_size)
        except _UNREADABLE:
            raise not_a_workbook() from None

    def tree(self, name: str) -> Element:
        """A small XML member as a tree."""
        content = self.open(name, _MAX_TREE).read(_MAX_TREE)
        try:
            tree: Element = fromstring(content, forbid_dtd=True)
        except (DefusedXmlException, ParseError, ValueError, LookupError):
            raise not_a_workbook() from None
        return tree


class Member:
    """A member's bytes, counted as they unpack."""

    def __init__(self, stream: ReadableStream, max_size: int) -> None:
        self._stream, self._left = stream, max_size

    def read(self, size: int, /) -> bytes:
        try:
            content = self._stream.read(size)
        except _UNREADABLE:
            raise refused("file", "archive_damaged", "Save the workbook again: the file is damaged.") from None
        self._left -= len(content)
        if self._left < 0:
            raise _too_big()
        return content


def not_a_workbook() -> Refused:
    return refused("file", "not_xlsx", "Send an Excel workbook (.xlsx) without a password; save .xls files as .xlsx.")


def _too_big() -> Refused:
    return refused("file", "archive_too_big", "Split the workbook, or send CSV: it unpacks to more than is accepted.")


def _check_directory(stream: BinaryIO) -> None:
    """The directory is read whole when the archive is opened: refuse one with millions of members before that."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or struct.unpack_from("<L", tail, end + 12)[0] > _MAX_DIRECTORY:
        raise not_a_workbook()
    stream.seek(0)
