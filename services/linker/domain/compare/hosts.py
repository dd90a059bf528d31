"""Where a name says at whose place the business is: Sushi at the Grand Hotel; Eurest, Bank of Ireland."""

from functools import lru_cache

from services.linker.domain.normalise import NameForm
from services.linker.domain.normalise.names import name_form

AT = "at"


def split_host(name: NameForm) -> tuple[NameForm, frozenset[str]]:
    """The name without its host, and the words of the host; "at" at the beginning or the end parts nothing."""
    place = name.tokens.index(AT) if AT in name.words else 0
    if not 0 < place < len(name.tokens) - 1:
        return NameForm(name.kind, name.text, tuple(token for token in name.tokens if token != AT)), frozenset()
    return NameForm(name.kind, name.text, name.tokens[:place]), frozenset(name.tokens[place + 1 :])


@lru_cache(maxsize=65_536)
def split_client(kind: str, text: str) -> tuple[NameForm, frozenset[str]]:
    """What stands before the comma, and the words behind it; none where one side of it carries no word (Acme, Ltd)."""
    own, _, client = text.partition(",")
    before, behind = name_form(kind, own), name_form(kind, client)
    if before.tokens and behind.tokens:
        return before, behind.words
    return name_form(kind, text.replace(",", " ")), frozenset()
