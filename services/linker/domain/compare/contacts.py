"""Phones, and e-mail and web together."""

import phonenumbers

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.compare.names import NAMES
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention

_LOCAL_DIGITS = 7
_OTHER_NAMES = frozenset({"different", "other_outlet"})


def _measure_phones(a: Mention, b: Mention, model: Model) -> Finding | None:
    if not a.phones or not b.phones:
        return None
    weights = model.weights["phones"]
    shared = a.phones & b.phones
    if not shared:
        level = "local_part" if _same_local_part(a.phones, b.phones) else "different"
        return Finding(level, weights[level])
    telling = sorted(phone for phone in shared if not model.is_hub("phone", phone))
    if not telling:
        return Finding("hub", weights["hub"], min(shared))
    names = NAMES.measure(a, b, model)
    level = "same_other_names" if names is not None and names.level in _OTHER_NAMES else "same"
    return Finding(level, weights[level], telling[0])


def _same_local_part(phones: frozenset[str], others: frozenset[str]) -> bool:
    """A number with its area code against the same without."""
    return any(
        min(len(x), len(y)) == _LOCAL_DIGITS and x[-_LOCAL_DIGITS:] == y[-_LOCAL_DIGITS:]
        for x in phones
        for y in others
    )


_PHONE_SENTENCES = {
    "same": "They share the phone number {0}.",
    "same_other_names": "They share the phone number {0}, under different names, as those of one owner or house may.",
    "local_part": "Their phone numbers agree but for the area code that one leaves out.",
    "hub": "They share the phone number {0}, which many businesses give; it proves nothing.",
    "different": "Their phone numbers differ.",
}


def _describe_phones(found: Finding) -> str:
    return _PHONE_SENTENCES[found.level].format(_readable(found.left))


def _readable(digits: str) -> str:
    """+44 20 7946 0123 where the digits are a number with its country, else the digits."""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return digits
    possible = phonenumbers.is_possible_number(number)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) if possible else digits


PHONES = Comparator("phones", _measure_phones, _describe_phones)


def _measure_online(a: Mention, b: Mention, model: Model) -> Finding | None:
    if not ((a.emails or a.domains) and (b.emails or b.domains)):
        return None
    weights = model.weights["online"]
    for mail in sorted(a.emails & b.emails):
        if not model.is_hub("email", mail):
            return Finding("same_email", weights["same_email"], mail)
    for domain in sorted(a.domains & b.domains):
        if not model.is_hub("domain", domain):
            return Finding("same_domain", weights["same_domain"], domain)
    both = (a.emails and b.emails and not a.emails & b.emails) or (
        a.domains and b.domains and not a.domains & b.domains
    )
    return Finding("different", weights["different"]) if both else None


_ONLINE_SENTENCES = {
    "same_email": "They share the e-mail address {0}.",
    "same_domain": "Both have an e-mail or web address at {0}.",
    "different": "Their e-mail or web addresses differ.",
}

ONLINE = Comparator("online", _measure_online, lambda found: _ONLINE_SENTENCES[found.level].format(found.left))
