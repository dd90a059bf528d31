"""What the cells of an Excel sheet refer to: shared texts, number formats, the sheet's place in the archive."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from services.ingest.domain.readers.archive import Archive, not_a_workbook
from services.ingest.domain.readers.rows import Limits, refused
from services.ingest.domain.readers.xml_stream import Attributes, local_name, parse_xml

_ZEROS = re.compile(r"0{2,20}")


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell shows its number: as a date or time, or filled up with zeros to `width` digits."""

    is_date: bool = False
    width: int = 0


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Workbook:
    """`from_1904`: days count from 1904, as on old Macs."""

    sheet_part: str
    texts: list[str]
    styles: list[Style]
    from_1904: bool


def open_workbook(archive: Archive, sheet: str | None, limits: Limits) -> Workbook:
    """The named sheet, or the first, with what its cells refer to. Raises Refused."""
    book = next((part for kind, part in _related(archive, "").values() if kind == "officeDocument"), "")
    tree, related = archive.tree(book), _related(archive, book)
    parts = dict(related.values())
    return Workbook(
        sheet_part=_sheet_part(tree, related, sheet),
        texts=_texts(archive, parts["sharedStrings"], limits) if "sharedStrings" in parts else [],
        styles=_styles(archive.tree(parts["styles"])) if "styles" in parts else [],
        from_1904=any(node.get("date1904") in ("1", "true") for node in _elements(tree, "workbookPr")),
    )


def _related(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """Of a part (of the archive, if empty): relationship id -> its kind and the part it leads to."""
    folder, name = dirname(part), part.rpartition("/")[2]
    tree = archive.tree(join(folder, "_rels", f"{name}.rels"))
    return {
        node.get("Id", ""): (node.get("Type", "").rpartition("/")[2], _resolved(folder, node.get("Target", "")))
        for node in _elements(tree, "Relationship")
    }


def _resolved(folder: str, target: str) -> str:
    return normpath(join("/", folder, target)).lstrip("/")


def _sheet_part(tree: Element, related: dict[str, tuple[str, str]], wanted: str | None) -> str:
    sheets = {node.get("name", ""): _relationship_id(node) for node in _elements(tree, "sheet")}
    if not sheets:
        raise not_a_workbook()
    if wanted is not None and wanted not in sheets:
        raise refused("sheet", "sheet_missing", f"The workbook has no sheet '{wanted}': name one that it has.")
    identifier = sheets[wanted] if wanted is not None else next(iter(sheets.values()))
    if identifier not in related:
        raise not_a_workbook()
    return related[identifier][1]


def _relationship_id(node: Element) -> str:
    return next((text for name, text in node.attrib.items() if local_name(name) == "id"), "")


def _styles(tree: Element) -> list[Style]:
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    formats |= {node.get("numFmtId", ""): node.get("formatCode", "") for node in _elements(tree, "numFmt")}
    cells = next(_elements(tree, "cellXfs"), None)
    return [] if cells is None else [_style(formats.get(node.get("numFmtId", ""), "General")) for node in cells]


def _style(code: str) -> Style:
    return Style(is_date=is_date_format(code), width=len(code) if _ZEROS.fullmatch(code) else 0)


def _elements(tree: Element, name: str) -> Iterator[Element]:
    return (node for node in tree.iter() if isinstance(node.tag, str) and local_name(node.tag) == name)


def _texts(archive: Archive, part: str, limits: Limits) -> list[str]:
    return list(parse_xml(archive.open(part, limits.max_shared_strings), _Texts(limits), limits))


class _Texts:
    """The items of the shared texts, without the phonetic readings that stand beside some."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._finished: list[str] = []
        self._pieces: list[str] = []
        self._taking, self._phonetic, self._size = False, False, 0

    def finished(self) -> list[str]:
        done, self._finished = self._finished, []
        return done

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "rPh":
            self._phonetic = True
        self._taking = tag == "t" and not self._phonetic

    def end(self, tag: str) -> None:
        self._taking = False
        if tag == "rPh":
            self._phonetic = False
        elif tag == "si":
            self._finished.append("".join(self._pieces))
            self._pieces, self._size = [], 0

    def data(self, text: str) -> None:
        if self._taking:
            self._size += len(text)
            if self._size <= self._limits.max_row_bytes:
                self._pieces.append(text)
