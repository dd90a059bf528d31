"""Names, crosswise: legal, trading and former of the one with those of the other; rare words count for more."""

from itertools import pairwise

from rapidfuzz.distance import OSA, JaroWinkler, Levenshtein

from services.linker.domain.compare.companies import one_company
from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.compare.hosts import AT, split_client, split_host
from services.linker.domain.compare.outlets import tell_apart
from services.linker.domain.compare.people import bears_owner, is_person, same_birth_of_sole_traders
from services.linker.domain.model import Model
from services.linker.domain.normalise import NAME_FROM_ADDRESS, Mention, NameForm, has_legal_form

_ALIKE_WORDS = 0.9
_ALIKE_WHOLE = 0.85
_SHORTEST_STEM = 4
_SHORTEST_WITH_SLIP = 6
_SHORTEST_ACRONYM = 3
_SHORTEST_IN_DOMAIN = 6
_FUZZY_SHARE = 0.8  # of a word's rarity, where it agrees but for its spelling
_MOST, _SOME = 0.6, 0.3
_IN_PART = frozenset({"within", "most", "some"})
_RENEWED = frozenset({"new"})
_TELLING_RARITY = 9.0  # bits: one word found in few names, alike in spelling, is worth naming


def _measure(a: Mention, b: Mention, model: Model) -> Finding | None:
    if a.people and b.people and same_birth_of_sole_traders(a, b):
        return None
    best: Finding | None = None
    for x in a.names:
        for y in b.names:
            found = _compare(x, y, model)
            if found.level in _IN_PART and (local := _words_of_place(x.words & y.words, a, b)):
                found = _without_place(found, local, x, y, model)
            if best is None or found.bits > best.bits:
                best = found
    if best is not None and best.level == "same" and one_company(a, b):
        weights = model.weights["names"]
        bits = best.bits - weights["same"] + weights["same_company"]
        return Finding("same_company", bits, best.left, best.right)
    return best if best is None or best.level != "different" else _why_different(best, a, b, model)


def _words_of_place(shared: frozenset[str], a: Mention, b: Mention) -> set[str]:
    """Of the words that two names share, those of the town where both are: Croydon Dental, Croydon Tyres."""
    p, q = a.premises, b.premises
    if p is None or q is None:
        return set()
    towns = p.places & q.places if p.places and q.places else p.places or q.places
    return {word for town in towns for word in town.split() if word in shared}


def _without_place(found: Finding, local: set[str], x: NameForm, y: NameForm, model: Model) -> Finding:
    """What two names that agree in part say but for the words of their town, unless one is within the other also then:
    Belgique (Wanstead), Belgique Wanstead Bakery."""
    bare_x, bare_y = (tuple(token for token in name.tokens if token not in local) for name in (x, y))
    if not bare_x or not bare_y:
        return found
    again = _compare(NameForm(x.kind, x.text, bare_x), NameForm(y.kind, y.text, bare_y), model)
    return again if again.bits < found.bits and again.level != "within" else found


def _why_different(best: Finding, a: Mention, b: Mention, model: Model) -> Finding | None:
    """Names may differ for reasons that say little: one is the owner's, the building's, or the registered one."""
    if bears_owner(a, b) or bears_owner(b, a):
        return None
    if a.names[0].kind == NAME_FROM_ADDRESS or b.names[0].kind == NAME_FROM_ADDRESS:
        either = _names_building(a, b) or _names_building(b, a)
        return None if either else _finding("different_in_address", 0.0, a.names[0], b.names[0], model)
    if domain := (b.domains and _in_domain(a, b)) or (a.domains and _in_domain(b, a)):
        return Finding("in_domain", model.weights["names"]["in_domain"], domain)
    if _registered(a) != _registered(b) and (_trades(a) or _trades(b)):
        return _finding("legal_and_trading", 0.0, a.names[0], b.names[0], model)
    return best


def _registered(mention: Mention) -> bool:
    """Whether it gives no name over a door: that of a company, or of a sole trader."""
    return all(_is_registered(name, mention) for name in mention.names)


def _trades(mention: Mention) -> bool:
    return not any(_is_registered(name, mention) for name in mention.names)


def _is_registered(name: NameForm, mention: Mention) -> bool:
    return (name.kind == "legal" and has_legal_form(name.text)) or is_person(name, mention)


def _in_domain(a: Mention, b: Mention) -> str | None:
    """The e-mail or web domain of the one that spells the name of the other."""
    for domain in sorted(b.domains):
        label = domain.partition(".")[0].replace("-", "")
        if any(len(name.joined) >= _SHORTEST_IN_DOMAIN and name.joined in label for name in a.names):
            return domain
    return None


def _names_building(a: Mention, b: Mention) -> bool:
    """Whether what looked like a name in the address of the one is the building of the other."""
    building = frozenset(b.premises.building) if b.premises else frozenset()
    return any(name.kind == NAME_FROM_ADDRESS and name.words & building for name in a.names)


def _finding(level: str, rarity: float, x: NameForm, y: NameForm, model: Model) -> Finding:
    bits = model.weights["names"][level] + (model.names.adjust(rarity) if rarity else 0.0)
    return Finding(level, bits, x.text, y.text)


def _compare(x: NameForm, y: NameForm, model: Model) -> Finding:
    if x.joined == y.joined:
        return _finding("same", _rarity(min(x.words, y.words, key=len), model), x, y, model)
    if AT in x.words or AT in y.words:
        return _compare_hosted(x, y, model)
    if ("," in x.text or "," in y.text) and _under_one_client(x, y, model):
        return _finding("host", 0.0, x, y, model)
    shared = x.words & y.words
    rest_x, rest_y = x.words - shared, y.words - shared
    matched = _rarity(shared, model)
    fuzzy = 0.0
    if rest_x and rest_y:
        rest_x, rest_y, fuzzy = _match_spellings(rest_x, rest_y, model)
    if rest_x and rest_y:
        rest_x, rest_y, written = _match_writings(x, y, rest_x, rest_y, model)
        fuzzy += written
    if not rest_x and not rest_y:
        return _finding("spelling" if fuzzy else "same", matched + fuzzy, x, y, model)
    if rest_x and rest_y and (shared or fuzzy) and tell_apart(rest_x, rest_y):
        return _finding("other_outlet", 0.0, x, y, model)
    if (not shared and not fuzzy) or (rest_x and rest_y):
        if Levenshtein.normalized_similarity(x.joined, y.joined, score_cutoff=_ALIKE_WHOLE):
            return _finding("spelling", _FUZZY_SHARE * _rarity(x.words, model), x, y, model)
        if not shared and not fuzzy:
            return _finding("shortened" if _shortened(x, y) or _slip(x, y) else "different", 0.0, x, y, model)
    return _partly(matched + fuzzy, min(_rarity(rest_x, model), _rarity(rest_y, model)), x, y, model)


def _shortened(x: NameForm, y: NameForm) -> bool:
    """Whether one is the initials of the other or its beginning: M&S, CP for Crestwood Partners, Wey for Weyland."""
    short, full = (x, y) if len(x.joined) < len(y.joined) else (y, x)
    if len(short.joined) < 2 or len(full.joined) < 2 * len(short.joined):
        return False
    return full.joined.startswith(short.joined) or short.joined == "".join([token[0] for token in full.tokens])


def _slip(x: NameForm, y: NameForm) -> bool:
    """Whether one slip of the hand tells apart two names too short to be alike: Lion, Lipn."""
    shorter = min(len(x.joined), len(y.joined))
    return shorter >= _SHORTEST_STEM and OSA.distance(x.joined, y.joined, score_cutoff=1) <= 1


def _compare_hosted(x: NameForm, y: NameForm, model: Model) -> Finding:
    """Sushi at the Grand Hotel is not the Grand Hotel: what stands before "at" is who it is, what follows is where."""
    (own_x, host_x), (own_y, host_y) = split_host(x), split_host(y)
    found = _compare(own_x, own_y, model)
    if found.level == "different" and (host_x & own_y.words or host_y & own_x.words):
        return _finding("host", 0.0, x, y, model)
    return Finding(found.level, found.bits, x.text, y.text)


def _under_one_client(x: NameForm, y: NameForm, model: Model) -> bool:
    """Eurest, Bank of Ireland is not the Bank of Ireland, nor Lexington, Bank of Ireland: so are caterers registered.
    Hughes, Langston is Langston Hughes."""
    (own_x, client_x), (own_y, client_y) = split_client(x.kind, x.text), split_client(y.kind, y.text)
    shared = (client_x & own_y.words) | (client_y & own_x.words) | (client_x & client_y)
    if not shared or own_x.words & own_y.words:
        return False
    return _compare(own_x, own_y, model).level not in ("same", "spelling")


def _partly(matched: float, unmatched: float, x: NameForm, y: NameForm, model: Model) -> Finding:
    """`unmatched` is the rarity of what the shorter name has alone: none where it lies within the longer."""
    share = matched / (matched + unmatched)
    if not unmatched:
        level = "renewed" if x.words ^ y.words == _RENEWED else "within"
        return _finding(level, matched, x, y, model)
    if share >= _MOST:
        return _finding("most", matched, x, y, model)
    if share >= _SOME or matched >= _TELLING_RARITY:
        return _finding("some", matched, x, y, model)
    return _finding("different", 0.0, x, y, model)


def _rarity(words: frozenset[str], model: Model) -> float:
    terms, unseen = model.terms, model.unseen_term
    total = 0.0
    for word in sorted(words) if len(words) > 2 else words:  # sorted: a sum of floats must not depend on hash order
        total += terms.get(word, unseen)
    return total


def _match_spellings(
    rest_x: frozenset[str], rest_y: frozenset[str], model: Model
) -> tuple[frozenset[str], frozenset[str], float]:
    """Take out words that agree but for spelling or shortening; what is left on each side, and the rarity taken out."""
    left_x, left_y, rarity = set(rest_x), sorted(rest_y), 0.0
    for word in sorted(rest_x):
        for other in left_y:
            if (word[0] == other[0] or word[-1] == other[-1]) and _alike(word, other):
                left_x.discard(word)
                left_y.remove(other)
                rarity += _FUZZY_SHARE * min(model.rarity(word), model.rarity(other))
                break
    return frozenset(left_x), frozenset(left_y), rarity


def _alike(word: str, other: str) -> bool:
    shorter, longer = (word, other) if len(word) <= len(other) else (other, word)
    if len(shorter) < _SHORTEST_STEM or shorter.isdigit():
        return False
    if longer.startswith(shorter):
        return True
    if word[0] == other[0] and JaroWinkler.similarity(word, other, score_cutoff=_ALIKE_WORDS) > 0:
        return True
    one_slip = len(shorter) >= _SHORTEST_WITH_SLIP and len(longer) - len(shorter) <= 1
    return one_slip and OSA.distance(word, other, score_cutoff=1) <= 1


def _match_writings(
    x: NameForm, y: NameForm, rest_x: frozenset[str], rest_y: frozenset[str], model: Model
) -> tuple[frozenset[str], frozenset[str], float]:
    """Take out words that the other writes in several: bunnyland for bunny land, cps for chicago public schools."""
    one_way = other_way = 0.0
    if len(rest_y) > 1:
        rest_y, rest_x, one_way = _in_one_word(y, rest_y, rest_x, model)
    if len(rest_x) > 1 and rest_y:
        rest_x, rest_y, other_way = _in_one_word(x, rest_x, rest_y, model)
    return rest_x, rest_y, one_way + other_way


def _in_one_word(
    long: NameForm, spread: frozenset[str], single: frozenset[str], model: Model
) -> tuple[frozenset[str], frozenset[str], float]:
    rarity, most = 0.0, len(spread)
    words = [word for word in single if _SHORTEST_ACRONYM <= len(word) <= most or word in long.joined]
    for word in sorted(words):
        if run := _run(word, [token for token in long.tokens if token in spread]):
            spread, single = spread - run, single - {word}
            rarity += _FUZZY_SHARE * model.rarity(word)
    return spread, single, rarity


def _run(word: str, tokens: list[str]) -> frozenset[str]:
    """Neighbouring tokens that, written together or by their initials, are the word."""
    for first, second in pairwise(tokens):
        if first + second == word:
            return frozenset((first, second))
    start = "".join(token[0] for token in tokens).find(word) if len(word) >= _SHORTEST_ACRONYM else -1
    return frozenset(tokens[start : start + len(word)]) if start >= 0 else frozenset()


_SENTENCES = {
    "same": "Both are called {left}.",
    "same_company": "Both are the company {left}, and one of them does not say where it is.",
    "spelling": "The names “{left}” and “{right}” are alike but for spelling.",
    "within": "The names “{left}” and “{right}” agree as far as the shorter goes.",
    "shortened": "Of “{left}” and “{right}” one may be the other, shortened or with a slip of the hand.",
    "host": "Of “{left}” and “{right}” one is at the other, or both at a third, as caterers and counters in shops are.",
    "renewed": "The names “{left}” and “{right}” differ by the word New, as after a change of hands.",
    "most": "The names “{left}” and “{right}” share most of their distinctive words.",
    "other_outlet": "The names “{left}” and “{right}” share some words, but say two outlets, as of one house.",
    "some": "The names “{left}” and “{right}” share some words.",
    "different": "The names “{left}” and “{right}” differ.",
    "different_in_address": "The address of the one begins with a name, and “{left}” and “{right}” differ.",
    "in_domain": "The e-mail or web address of the one, at {left}, bears the name of the other.",
    "legal_and_trading": "The names “{left}” and “{right}” differ, but one of them is that of a company or a person.",
}


def _describe(found: Finding) -> str:
    return _SENTENCES[found.level].format(left=found.left, right=found.right)


NAMES = Comparator("names", _measure, _describe)
