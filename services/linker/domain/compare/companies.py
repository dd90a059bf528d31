"""One company by its name in full: a register of companies gives a name once, however common its words are.

Only where one of two records does not say where it is, as registers of employers and of sponsors do: the shops of a
chain give their company's name too, each at a door of its own.
"""

from services.linker.domain.normalise import Mention, has_legal_form


def one_company(a: Mention, b: Mention) -> bool:
    """Whether both give the name of one company, and not both a place."""
    if _says_where(a) and _says_where(b):
        return False
    return not _companies(a).isdisjoint(_companies(b))


def _says_where(mention: Mention) -> bool:
    place = mention.premises
    return place is not None and bool(place.street or place.low or place.unit or place.building or place.postcode)


def _companies(mention: Mention) -> set[str]:
    return {name.joined for name in mention.names if name.kind == "legal" and has_legal_form(name.text)}
