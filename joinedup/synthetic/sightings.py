"""What one agency's clerk writes down about one business on one day."""

from dataclasses import dataclass
from datetime import date
from random import Random

from joinedup.synthetic import noise
from joinedup.synthetic.businesses import Business
from joinedup.synthetic.places import Place

_SLOPPINESS = (0.2, 0.2, 0.2, 0.2, 0.2, 0.75, 0.75, 0.75, 1.7, 1.7)  # errors come together: most rows have none
_HISTORY_DAYS = 2600
_CLOSED_CONCERN = 0.35


@dataclass(frozen=True, slots=True)
class Grade:
    """One step of an agency's own scale, from best to worst; `share` of its records have it."""

    native: str
    share: float
    concern: bool = False


@dataclass(frozen=True, slots=True)
class Habits:
    """How often an agency's record says a thing that is there to be said, and how carefully (`errors`, 1 = average)."""

    name: float = 0.95
    legal_as_name: float = 0.08
    number: float = 0.92
    postcode: float = 0.84
    phone: float = 0.5
    email: float = 0.3
    company: float = 0.74
    owner: float = 0.3
    born: float = 0.3
    agent: float = 0.6
    errors: float = 1.0
    abbreviates: float = 0.3
    upper: bool = False


@dataclass(slots=True)
class Sighting:
    """One row before it is put into the agency's columns. None: the agency does not say."""

    business: str
    street: str
    sector: str
    rating: str
    observed: date
    name: str | None = None
    legal: str | None = None
    former: str | None = None
    unit: str | None = None
    building: str | None = None
    number: str | None = None
    town: str | None = None
    postcode: str | None = None
    position: tuple[float, float] | None = None  # degrees north and east
    phone: str | None = None
    email: str | None = None
    company_number: str | None = None
    person: str | None = None
    born: date | None = None
    closed: date | None = None
    trading: bool = True


BLANK = Sighting(business="", street="", sector="", rating="", observed=date.min)


class Clerk:
    """Writes an agency's records, always in the same hand: same random source, same records."""

    def __init__(self, random: Random, habits: Habits, scale: tuple[Grade, ...], today: int) -> None:
        self._chance = random.random
        self._habits = habits
        self._scale = scale
        self._today = today

    def observe(self, business: Business) -> Sighting:
        chance, habits = self._chance, self._habits
        slip = habits.errors * _SLOPPINESS[int(10 * chance())]
        day = self._day(business)
        grade = self._grade(business)
        name = self._name(business, day, slip)
        place = business.old_place if business.old_place and day < business.moved else business.place
        unit, building, number, street, town, postcode = self._premises(place, slip, name is None)
        company = business.company_number if business.company_number and chance() < habits.company else None
        person, born = self._person(business, slip)
        return Sighting(
            business=business.id,
            name=name,
            legal=business.legal if company and chance() < 0.8 else None,
            former=business.former if business.former and business.renamed < day and chance() < 0.3 else None,
            unit=unit,
            building=building,
            number=number,
            street=street,
            town=town,
            postcode=postcode,
            position=place.position if postcode else None,
            phone=self._phone(business, slip),
            email=self._email(business, slip),
            company_number=noise.transposed(chance, company) if company and chance() < 0.012 * slip else company,
            person=person,
            born=born,
            sector=business.sector,
            rating=grade.native,
            observed=date.fromordinal(day),
            closed=self._closing(day) if grade.concern and chance() < _CLOSED_CONCERN else None,
            trading=business.closed is None or chance() < 0.4,
        )

    def _day(self, business: Business) -> int:
        end = min(business.closed or self._today, self._today)
        start = max(business.opened, end - _HISTORY_DAYS)
        return end - int((end - start) * self._chance() ** 1.6)

    def _grade(self, business: Business) -> Grade:
        """Those who break one rule break others: half of a grade is the business's own conduct."""
        conduct = hash_share(business.id)
        rank = 0.5 * conduct + 0.5 * self._chance() if self._chance() < 0.6 else self._chance()
        for grade in self._scale:
            rank -= grade.share
            if rank < 0:
                return grade
        return self._scale[-1]

    def _closing(self, day: int) -> date:
        return date.fromordinal(day + int((self._today - day) * self._chance()))

    def _name(self, business: Business, day: int, slip: float) -> str | None:
        chance, habits = self._chance, self._habits
        if chance() > habits.name:
            return None
        trading = business.former if business.former and day < business.renamed else business.trading
        if chance() < 0.18 * slip:
            trading = noise.varied_name(chance, trading, business.place.town, business.sector.title())
        name = self._styled(business, trading)
        if chance() < 0.1 * slip:
            name = noise.typo(chance, name)
        return name.upper() if habits.upper else name

    def _styled(self, business: Business, trading: str) -> str:
        chance, style = self._chance, self._chance()
        if business.legal:
            if style < self._habits.legal_as_name:
                return business.legal
            return f"{business.legal} t/a {trading}" if style > 0.95 else trading
        if business.owner and style > 0.93:
            person = noise.person_name(chance, business.owner.forename, business.owner.surname, 0.05)
            return person if style > 0.965 else f"{person} t/a {trading}"
        return trading

    def _premises(
        self, place: Place, slip: float, nameless: bool
    ) -> tuple[str | None, str | None, str | None, str, str | None, str | None]:
        chance, habits = self._chance, self._habits
        unit, building, number, street, town, postcode = place
        if not nameless and chance() > habits.number:
            number = None
            unit = None if chance() < 0.6 else unit
        if number and chance() < 0.014 * slip:
            number = noise.transposed(chance, number) if len(number) > 1 else str(int(number) + 1)
        if unit and not nameless and chance() < 0.12 * slip:
            unit = None
        if building and chance() < 0.15 * slip:
            building = None if number else noise.short_building(building)
        if chance() < habits.abbreviates:
            street = noise.short_street(street)
        if chance() < 0.04 * slip:
            street = noise.typo(chance, street)
        return unit, building, number, street, self._town(town), self._postcode(postcode, slip)

    def _town(self, town: str) -> str | None:
        return town if self._chance() < 0.92 else None

    def _postcode(self, postcode: str, slip: float) -> str | None:
        if self._chance() > self._habits.postcode:
            return None
        return noise.miswritten_postcode(self._chance, postcode) if self._chance() < 0.04 * slip else postcode

    def _phone(self, business: Business, slip: float) -> str | None:
        chance = self._chance
        if chance() > self._habits.phone:
            return None
        number = business.landline if business.mobile is None or chance() < 0.6 else business.mobile
        if business.contact and chance() < self._habits.agent:
            number = business.contact[0]
        if number is None:
            return None
        return noise.phone_format(chance, noise.misdialled(chance, number) if chance() < 0.03 * slip else number)

    def _email(self, business: Business, slip: float) -> str | None:
        chance = self._chance
        if chance() > self._habits.email:
            return None
        address = business.contact[1] if business.contact and chance() < self._habits.agent else business.email
        if address and chance() < 0.03 * slip:
            user, _, domain = address.partition("@")
            return f"{noise.typo(chance, user)}@{domain}"
        return address

    def _person(self, business: Business, slip: float) -> tuple[str | None, date | None]:
        chance, owner = self._chance, business.owner
        if owner is None or chance() > self._habits.owner:
            return None, None
        born = owner.born if chance() < self._habits.born else None
        if born and chance() < 0.06 * slip:
            born = noise.misremembered_birthday(chance, born)
        return noise.person_name(chance, owner.forename, owner.surname, 0.08 * slip), born


def hash_share(key: str) -> float:
    """A fixed number in [0, 1) for a business id, spread evenly, the same on every machine."""
    return (int(key[1:]) * 2654435761 & 0xFFFFFFFF) / 2**32
