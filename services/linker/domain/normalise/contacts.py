"""Phones, e-mail, web and register numbers."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from stdnum.gb import vat

_NOT_DIGIT = re.compile(r"\D+")
_EXTENSION = re.compile(r"(?:\b(?:ext|extension)\b|[x#]).*$", re.IGNORECASE)
_SHORTEST_PHONE, _LONGEST_PHONE = 7, 15
_COMPANY = re.compile(r"^(?:[A-Z]{2}[0-9]{6}|[0-9]{8}|R[0-9]{7}|[A-Z]{2}[0-9]{5}[A-Z])$")
_CHARITY = re.compile(r"(?<![0-9A-Z])(SC|NIC|NI|)\s*([0-9]{5,7})(?![0-9])")
_NOT_CAPITAL = re.compile(r"[^0-9A-Z]")
_EMAIL = re.compile(r"^[^@\s]+@([^@\s]+\.[^@\s]+)$")

_HOST = re.compile(r"[^\s,.]+(?:\.[^\s,.]+)+")

_FREE_MAIL = """gmail.com googlemail.com hotmail.com hotmail.co.uk outlook.com live.com live.co.uk msn.com yahoo.com
yahoo.co.uk ymail.com aol.com icloud.com me.com btinternet.com btconnect.com sky.com talktalk.net virginmedia.com
ntlworld.com tiscali.co.uk mail.com gmx.com protonmail.com facebook.com instagram.com twitter.com wixsite.com
wordpress.com google.com linktr.ee yandex.com zoho.com proton.me pm.me rocketmail.com blueyonder.co.uk o2.co.uk
plus.com tesco.net orange.net fsmail.net gmx.co.uk comcast.net sbcglobal.net att.net verizon.net bigpond.com
justeat.co.uk just-eat.co.uk deliveroo.co.uk ubereats.com tripadvisor.co.uk tripadvisor.com booking.com tiktok.com
example.com example.net example.org x.com sites.google.com whatsapp.com hungryhouse.co.uk foodhub.co.uk yell.com"""

_FILLERS = """PENDING NA NONE NIL NULL TBA TBC TBD UNKNOWN NOTKNOWN NOTAPPLICABLE NOTPROVIDED NOTYETISSUED APPLIEDFOR
AWAITED AWAITING EXEMPT TEST NOEMAIL"""
_PLACEHOLDERS = frozenset(_FILLERS.split())
_RUN = "1234567"
_LONGEST_VARIANT = 2  # m.facebook.com, en-gb.facebook.com

_NOTHING: frozenset[str] = frozenset()

# Numbers of no place, that ring at a head office: British 03, 05 and 08, American free numbers.
_BRITISH_ANYWHERE = ("4430", "4433", "4434", "4437", "4455", "4456", "44800", "44808", "4484", "4487")
_AMERICAN_ANYWHERE = ("800", "833", "844", "855", "866", "877", "888", "1800", "1888")
_BRITISH_MOBILE = "447"
_SHORTEST_BRITISH, _SHORTEST_AMERICAN = 11, 10  # with the country and the area, as what begins so must be

# Providers whose domain says nothing about the business behind an address.
FREE_MAIL = frozenset(_FREE_MAIL.split())


def is_placeholder(compact: str) -> bool:
    """Whether capitals and digits only fill a compulsory field: PENDING, 9999, 12345678."""
    return compact in _PLACEHOLDERS or _RUN in compact or (len(compact) >= 4 and len(set(compact)) == 1)


def phone_digits(raw: str) -> str:
    """E.164 digits without the plus where the form shows the country, else the digits given; "" if it is no number.

    A number that begins with one 0 is taken as British. Seven digits and up are kept: some registers omit area codes.
    """
    digits = raw[1:] if raw[:1] == "+" and raw[1:].isdecimal() else _digits(raw)
    plausible = _SHORTEST_PHONE <= len(digits) <= _LONGEST_PHONE and len(set(digits[-7:])) > 1 and _RUN not in digits
    return digits if plausible else ""


def _digits(raw: str) -> str:
    said = _EXTENSION.sub("", raw).strip()
    digits = _NOT_DIGIT.sub("", said.replace("(0)", "")) if said.startswith(("+", "00")) else _NOT_DIGIT.sub("", said)
    if said.startswith("+"):
        return digits
    return digits[2:] if digits.startswith("00") else "44" + digits[1:] if digits.startswith("0") else digits


def phone_set(phones: Collection[str]) -> frozenset[str]:
    return frozenset(filter(None, map(phone_digits, phones))) if phones else _NOTHING


def rings_anywhere(phone: str) -> bool:
    """Whether a number, as of `phone_digits`, is of no area and of no one's pocket."""
    if len(phone) >= _SHORTEST_BRITISH and phone.startswith(_BRITISH_ANYWHERE):
        return True
    return len(phone) >= _SHORTEST_AMERICAN and phone.startswith(_AMERICAN_ANYWHERE)


def rings_at_a_place(phone: str) -> bool:
    """A landline, as far as the number shows: an American mobile is as like one."""
    is_mobile = len(phone) >= _SHORTEST_BRITISH and phone.startswith(_BRITISH_MOBILE)
    return not is_mobile and not rings_anywhere(phone)


def email_set(emails: Collection[str]) -> frozenset[str]:
    bare = [email.strip().lower().rstrip(".").removeprefix("mailto:") for email in emails]
    folded = [email.replace("@googlemail.com", "@gmail.com") for email in bare]
    return frozenset(email for email in folded if _EMAIL.match(email) and not _says_nothing(email))


def _says_nothing(email: str) -> bool:
    return _capitals(email.rpartition("@")[0]) in _PLACEHOLDERS


def _capitals(raw: str) -> str:
    return _NOT_CAPITAL.sub("", raw.upper())


def domain_set(emails: Collection[str], websites: Collection[str]) -> frozenset[str]:
    """Domains of mail and web together, since the one often confirms the other."""
    if not emails and not websites:
        return _NOTHING
    domains = {email.rpartition("@")[2] for email in emails} | {web_domain(site) for site in websites}
    return frozenset(domain for domain in domains if domain and not _is_of_a_provider(domain))


def _is_of_a_provider(domain: str) -> bool:
    """A provider's own, or its pages for telephones and countries: m.facebook.com. A shop's own is shop.wixsite.com."""
    sub, _, rest = domain.partition(".")
    return domain in FREE_MAIL or (rest in FREE_MAIL and len(sub.partition("-")[0]) <= _LONGEST_VARIANT)


def web_domain(site: str) -> str:
    text = site.strip().lower()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
    except ValueError:
        return ""
    host = host.removeprefix("www.").rstrip(".")
    return host if _HOST.fullmatch(host) else ""


def company_number(raw: str | None) -> str:
    """Eight characters as Companies House writes them, leading zeros restored; "" if it cannot be one."""
    compact = _capitals(raw) if raw else ""
    if compact.isdigit():
        compact = compact.zfill(8)
    elif compact[:2].isalpha() and compact[2:].isdigit():
        compact = compact[:2] + compact[2:].zfill(6)
    return compact if _COMPANY.match(compact) and not is_placeholder(compact) else ""


def vat_number(raw: str | None) -> str:
    """Without GB; "" where the check digits are wrong."""
    compact = vat.compact(raw) if raw else ""
    return str(compact) if compact and not is_placeholder(compact) and vat.is_valid(compact) else ""


def charity_number(raw: str | None) -> str:
    """The registered number alone: not the branch behind it (1140948-2), nor the words in front (Charity No.)."""
    match = _CHARITY.search(raw.upper()) if raw else None
    return match[1] + match[2] if match and not is_placeholder(match[2]) else ""


def plain_number(raw: str | None) -> str:
    """Letters and digits in upper case; "" if only zeros are left or it fills a field."""
    compact = _capitals(raw or "")
    return compact if compact.strip("0") and not is_placeholder(compact) else ""
