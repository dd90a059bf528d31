"""Cells of a table that people open with a spreadsheet.

Source: OWASP, CSV Injection; a spreadsheet in Japanese or Chinese takes wide signs for narrow ones.
"""

_RUNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SPLITS = ("\t", "\r", "\n")


def inert(cell: str) -> str:
    """`cell`, marked as a text where a spreadsheet would run it as a formula, blanks before it or not."""
    return f"'{cell}" if cell.startswith(_SPLITS) or cell.lstrip().startswith(_RUNS) else cell
