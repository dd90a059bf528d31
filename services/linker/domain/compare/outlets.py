"""What tells the rooms, shops and numbered places of one house apart by name: its café, its nursery, terminal 2.

An operator runs several under one roof, and each bears the name of the house. So where each of two names says what it
is, and not the same, what they share is the name of the house.
"""

_KINDS = {
    "cafe": "cafe caff coffee coffeehouse tea tearoom tearooms",
    "restaurant": "restaurant restaurants dining diningroom brasserie bistro steakhouse carvery",
    "bar": "bar pub lounge tavern nightclub micropub taproom",
    "hotel": "hotel hostel guesthouse",
    "children": "nursery nurseries preschool creche playgroup daycare kindergarten montessori school schools",
    "worship": "church chapel mosque temple gurdwara",
    "health": "pharmacy chemist chemists surgery dental dentist opticians clinic spa gym",
    "shop": "shop store stores supermarket newsagents bakery butchers florist bookshop boutique",
    "motor": "garage motors motoring tyres mot",
    "leisure": "club museum theatre cinema library",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_LONGEST_NUMBER = 3  # a longer one is that of a house, or a year


def tell_apart(rest: frozenset[str], other_rest: frozenset[str]) -> bool:
    """Whether what each of two names has alone says two kinds of outlet, or two numbers (terminals, stalls, boats)."""
    return _contradict(_kinds(rest), _kinds(other_rest)) or _contradict(_numbers(rest), _numbers(other_rest))


def _contradict(said: set[str], other: set[str]) -> bool:
    return bool(said) and bool(other) and said.isdisjoint(other)


def _kinds(words: frozenset[str]) -> set[str]:
    return {_KIND_OF[word] for word in words if word in _KIND_OF}


def _numbers(words: frozenset[str]) -> set[str]:
    return {_ROMAN.get(word, word) for word in words if word in _ROMAN or _is_short_number(word)}


def _is_short_number(word: str) -> bool:
    return word.isdigit() and len(word) <= _LONGEST_NUMBER
