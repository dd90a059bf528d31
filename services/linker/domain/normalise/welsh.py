"""Streets in Welsh, which begin with their type: Heol Penlan is Penlan Road, and Stryd Fawr the High Street."""

WELSH = {
    "heol": "road",
    "ffordd": "road",
    "stryd": "street",
    "lon": "lane",
    "rhodfa": "avenue",
    "cilgant": "crescent",
    "clos": "close",
}
_ARTICLES = frozenset({"y", "yr"})
_HIGH_STREET = "fawr"


def in_english(words: list[str]) -> str:
    """The name of a street without its type and article, of which only the High Street is translated."""
    name = [word for word in words[1:] if word not in _ARTICLES]
    return "high" if name == [_HIGH_STREET] else " ".join(name)
