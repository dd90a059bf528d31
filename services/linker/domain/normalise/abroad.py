"""Streets that begin with their type, as in most languages: Calle Mayor, 12 Rue de la Paix, Av. de la Constitución."""

_SURE = """calle avenida:avda,avd rue viale piazza rua travessa praca carrer passeig paseo carretera:ctra camino
chemin impasse ulica:ul jalan:jl"""
_UNSURE = """calle:c rue:r avenue:av,ave boulevard:bd,bld,blvd,boul place:pl plaza:pza via:v viale piazza corso largo
travessa:trav aleja:al allee quai route:rte strada bulevardul"""
_BETWEEN = """de la le les du des del della delle dei di da do das dos den der dem los las el of the und et y e"""


def _forms(table: str) -> dict[str, str]:
    """Each form → its type: "avenida:avda,avd rue" has two types and four forms."""
    types = [entry.partition(":") for entry in table.split()]
    return {form: name for name, _, short in types for form in (name, *short.split(",")) if form}


_SURE_TYPES = _forms(_SURE)
_ANY_TYPES = _forms(_UNSURE) | _SURE_TYPES
_ON_BEHALF = ["c", "o"]
_LINKING = frozenset(_BETWEEN.split())


def leading_type(words: list[str], numbered: bool) -> tuple[str, str]:
    """(type, name without articles) of a street that begins with its type, ("", "") if it does not. With no number
    beside it, only by a word that means nothing else: Via and Plaza are names of restaurants too."""
    kind = (_ANY_TYPES if numbered else _SURE_TYPES).get(words[0], "") if words[:2] != _ON_BEHALF else ""
    name = [word for word in words[1:] if word not in _LINKING] if kind else []
    return (kind, " ".join(name)) if name else ("", "")
