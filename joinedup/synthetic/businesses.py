"""The true world: businesses, their owners and companies, before any agency writes them down.

A business is one trading business at one premises. Branches of a chain, the phoenix of a dissolved company, the next
occupier of the same shop, and the owner's second shop are businesses of their own.
"""

from dataclasses import dataclass
from datetime import date
from random import Random
from typing import NamedTuple

from joinedup.synthetic.numbers import PhoneBook, Register
from joinedup.synthetic.places import Place, Town
from joinedup.synthetic.words import words

SECTORS = {
    "takeaway": 18, "restaurant": 15, "shop": 16, "pub": 9, "salon": 10, "garage": 9, "hotel": 8, "farm": 4, "care": 4,
    "lettings": 7,
}  # fmt: skip
_CHAIN_SECTORS = ("takeaway", "restaurant", "shop", "garage", "pub", "hotel", "care", "salon")
_COMMUNITIES = {
    "takeaway": ("bengali", "chinese", "turkish", "italian", "punjabi", "english"),
    "restaurant": ("english", "cornish", "bengali", "italian", "chinese", "english"),
    "shop": ("gujarati", "punjabi", "english", "cornish", "eastern", "turkish"),
    "salon": ("vietnamese", "turkish", "english", "cornish"),
    "garage": ("english", "eastern", "cornish", "turkish", "punjabi"),
}
_OTHER_COMMUNITIES = ("english", "english", "cornish", "cornish", "punjabi", "eastern")

# Shares of businesses. Their sum must stay below 1; what is left is ordinary.
BRANCH = 0.08
_PHOENIX = 0.01
_SUCCESSOR = 0.02
_SAME_BUILDING = 0.04
_SAME_OWNER = 0.05
_SHARED_MOBILE = 0.02
# Shares of ordinary businesses, one independent of the other.
_MOVED = 0.02
_RENAMED = 0.04
_AGENT = 0.05
_LIMITED = 0.56
_SAME_COMPANY = 0.2  # of an owner's further businesses
_SHORTEST_LIFE = 60  # days
_LANDLINE, _MOBILE, _EMAIL = 0.8, 0.27, 0.68


class Person(NamedTuple):
    forename: str
    surname: str
    born: date


@dataclass(slots=True)
class Business:
    """`opened`, `closed`, `moved`, `renamed` are days (proleptic ordinals); `contact` is an agent's shared phone;
    `rises_from`: the business whose phoenix it is."""

    id: str
    sector: str
    trading: str
    place: Place
    owner: Person | None
    opened: int
    closed: int | None = None
    legal: str | None = None
    company_number: str | None = None
    landline: str | None = None
    mobile: str | None = None
    email: str | None = None
    contact: tuple[str, str] | None = None
    former: str | None = None
    renamed: int = 0
    old_place: Place | None = None
    moved: int = 0
    branch: bool = False
    rises_from: str | None = None


class Chain(NamedTuple):
    name: str
    sector: str
    legal: str
    company_number: str
    phone: str
    email: str


class World:
    """Everything that outlives one town: chains, agents and the number ranges. `today` ends every history."""

    def __init__(self, random: Random, businesses: int, today: date) -> None:
        self.random = random
        self.today = today.toordinal()
        self.phones = PhoneBook(random)
        self.register = Register(random)
        self.agents = [self._agent(index) for index in range(2 + int(businesses**0.55 / 12))]
        self.chains = [self._chain(index) for index in range(4 + int((businesses * BRANCH) ** 0.7))]
        self._made = 0

    def settle(self, town: Town, businesses: int) -> list[Business]:
        """The businesses of one town. Later ones may share owner, building or telephone with earlier ones."""
        settled: list[Business] = []
        for _ in range(businesses):
            settled.append(self._next(town, settled))
        return settled

    def _next(self, town: Town, settled: list[Business]) -> Business:
        roll = self.random.random() if settled else 1.0
        for share, make in (
            (BRANCH, self._branch), (_PHOENIX, self._phoenix), (_SUCCESSOR, self._successor),
            (_SAME_BUILDING, self._same_building), (_SAME_OWNER, self._same_owner),
            (_SHARED_MOBILE, self._shared_mobile),
        ):  # fmt: skip
            roll -= share
            if roll < 0:
                return make(town, self.random.choice(settled))
        return self._ordinary(town)

    def _ordinary(self, town: Town, place: Place | None = None, owner: Person | None = None) -> Business:
        random = self.random
        sector = random.choices(tuple(SECTORS), tuple(SECTORS.values()))[0]
        person = owner or self._person(sector)
        business = self._business(sector, trading_name(random, sector, person), place or town.place(), person)
        if random.random() < _LIMITED:
            business.legal = legal_name(random, business.trading, person, town.name)
            business.company_number = self.register.company_number()
        self._give_contacts(business)
        self._give_history(business, town)
        return business

    def _branch(self, town: Town, _: Business) -> Business:
        random = self.random
        chain = self.chains[int(len(self.chains) * random.random() ** 2)]
        place = town.place()
        suffix = random.random()
        name = chain.name
        if suffix < 0.15:
            name = f"{name} {town.name}"
        elif suffix < 0.2:
            name = f"{name} {place.street}"
        branch = self._business(chain.sector, name, place, None)
        branch.branch, branch.legal, branch.company_number = True, chain.legal, chain.company_number
        branch.landline = self.phones.landline() if random.random() < 0.3 else chain.phone
        branch.email = chain.email
        return branch

    def _phoenix(self, town: Town, old: Business) -> Business:
        """The same person, premises and telephone; a new company after the old one was dissolved."""
        if old.owner is None or not self._can_close(old):
            return self._ordinary(town)
        random = self.random
        self._close(old)
        roll = random.random()
        name = trading_name(random, old.sector, old.owner)
        if roll < 0.35:
            name = f"New {old.trading.removeprefix('The ')}"
        new = self._business(old.sector, name, old.place, old.owner)
        new.rises_from = old.id
        new.opened = self._reopening(old, random.randrange(5, 90))
        new.landline, new.mobile = old.landline, old.mobile
        new.legal = legal_name(random, new.trading, old.owner, town.name)
        new.company_number = self.register.company_number()
        return new

    def _successor(self, town: Town, old: Business) -> Business:
        """The next occupier of the same premises, sometimes with the telephone line that came with them."""
        if not self._can_close(old):
            return self._ordinary(town)
        self._close(old)
        new = self._ordinary(town, place=old.place)
        new.opened = self._reopening(old, self.random.randrange(20, 400))
        new.old_place, new.former = None, None
        if self.random.random() < 0.25 and not old.branch:
            new.landline = old.landline
        return new

    def _same_building(self, town: Town, other: Business) -> Business:
        return self._ordinary(town, place=town.beside(other.place))

    def _same_owner(self, town: Town, other: Business) -> Business:
        new = self._ordinary(town, owner=other.owner)
        if other.owner is None:
            return new
        new.mobile = other.mobile
        if other.company_number and self.random.random() < _SAME_COMPANY:
            new.legal, new.company_number = other.legal, other.company_number
        return new

    def _shared_mobile(self, town: Town, other: Business) -> Business:
        """Two businesses with nothing in common but the mobile of the man who answers for both."""
        new = self._ordinary(town)
        if other.branch:
            return new
        other.mobile = new.mobile = other.mobile or self.phones.mobile()
        return new

    def _business(self, sector: str, trading: str, place: Place, owner: Person | None) -> Business:
        self._made += 1
        opened = self.today - _SHORTEST_LIFE - int(6000 * self.random.random() ** 1.5)
        return Business(f"B{self._made:07d}", sector, trading, place, owner, opened)

    def _can_close(self, business: Business) -> bool:
        """Whether there is time for it to close and for another to open after it."""
        return business.closed is None and self.today - business.opened >= _SHORTEST_LIFE

    def _close(self, business: Business) -> None:
        age = self.today - business.opened
        business.closed = business.opened + 30 + int((age - 50) * (0.3 + 0.6 * self.random.random()))

    def _reopening(self, old: Business, gap: int) -> int:
        return min((old.closed or self.today) + gap, self.today - 20)

    def _give_contacts(self, business: Business) -> None:
        random = self.random
        if random.random() < _LANDLINE:
            business.landline = self.phones.landline()
        if random.random() < _MOBILE:
            business.mobile = self.phones.mobile()
        if random.random() < _EMAIL and business.owner:
            business.email = email_address(random, business.trading, business.owner)
        if random.random() < _AGENT:
            business.contact = random.choice(self.agents)

    def _give_history(self, business: Business, town: Town) -> None:
        random = self.random
        span = self.today - business.opened
        if random.random() < _MOVED:
            business.old_place, business.moved = town.place(), business.opened + int(span * random.random())
        if random.random() < _RENAMED and business.owner:
            business.former = trading_name(random, business.sector, business.owner)
            business.renamed = business.opened + int(span * random.random())

    def _person(self, sector: str) -> Person:
        random, names = self.random, words("people")
        community = random.choice(_COMMUNITIES.get(sector, _OTHER_COMMUNITIES))
        forename, surname = (
            random.choice(names[f"{community}.forenames"]),
            random.choice(names[f"{community}.surnames"]),
        )
        return Person(forename, surname, date.fromordinal(date(1950, 1, 1).toordinal() + random.randrange(19_000)))

    def _agent(self, index: int) -> tuple[str, str]:
        return self.phones.switchboard(), f"office@agent{index + 1}.example"

    def _chain(self, index: int) -> Chain:
        random, names = self.random, words("trades")
        sector = random.choice(_CHAIN_SECTORS)
        known = names["chain.names"]
        first, kind = random.choice(names[f"{sector}.first"]), random.choice(names[f"{sector}.kinds"])
        name = known[index] if index < len(known) else f"{first} {kind}"
        legal = f"{name} {random.choice(('(UK) Ltd', 'Limited', 'Group Ltd', 'Holdings Limited', 'Franchising Ltd'))}"
        email = f"enquiries@{_slug(name)}.example"
        return Chain(name, sector, legal, self.register.company_number(), self.phones.switchboard(), email)


def trading_name(random: Random, sector: str, owner: Person) -> str:
    """A popular name, a made-up one, or the owner's own."""
    names = words("trades")
    roll = random.random()
    if roll < 0.22:
        popular = names[f"{sector}.names"]
        return popular[int(len(popular) * random.random() ** 1.6)]
    kind = random.choice(names[f"{sector}.kinds"])
    if roll < 0.34:
        return f"{owner.surname}'s {kind}" if roll < 0.29 else f"{owner.forename}'s {kind}"
    if roll < 0.38:
        return f"{owner.surname} & Sons {kind}" if roll < 0.36 else f"{owner.forename} {owner.surname}"
    return f"{random.choice(names[f'{sector}.first'])} {kind}"


def legal_name(random: Random, trading: str, owner: Person, town: str) -> str:
    """The company's name: near the trading name in about half of all cases, else nothing like it."""
    names, roll = words("trades"), random.random()
    form = "Ltd" if random.random() < 0.5 else "Limited"
    kind = random.choice(names["legal.kinds"])
    if roll < 0.45:
        return f"{trading} {form}"
    if roll < 0.57:
        return f"{trading} ({town}) {form}"
    if roll < 0.7:
        return f"{owner.surname} {kind} {form}"
    if roll < 0.74:
        return f"{owner.forename[0]} & {owner.surname[0]} {kind} LLP"
    return f"{random.choice(names['legal.first'])} {kind} {form}"


def email_address(random: Random, trading: str, owner: Person) -> str:
    """An address of the business's own or at one of three big providers, all reserved by RFC 2606."""
    provider = random.choice(("example.com", "example.net", "example.org"))
    roll = random.random()
    if roll < 0.45:
        return f"info@{_slug(trading)}{random.randrange(1000)}.example"
    if roll < 0.75:
        return f"{_slug(owner.forename)}.{_slug(owner.surname)}{random.randrange(100)}@{provider}"
    return f"{_slug(trading)}{random.randrange(100)}@{provider}"


def _slug(text: str) -> str:
    plain = text.lower().replace("&", "and").replace("é", "e").replace("ê", "e")
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
