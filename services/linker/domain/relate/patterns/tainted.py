"""Tainted building: premises with repeated breaches under different occupiers, and who moves in next (paragraph 52)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.linker.domain.relate.party import Party, Profile
from services.linker.domain.relate.patterns.found import Finding, finding
from services.linker.domain.relate.rules import NewOccupierRule, TaintedRule
from services.linker.domain.relate.traits import Trait, TraitKind
from services.linker.domain.relate.wording import day, in_words, listed, regime_in_words
from shared.contracts.events.linker import FindingType

_YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class History:
    """Breaches at one premises in order of date, with whose they were. `since`: the day on which the rule was met."""

    place: Trait
    breaches: tuple[tuple[Profile, Party], ...]
    since: date

    @property
    def occupiers(self) -> list[Party]:
        """Those with breaches, in the order of their first."""
        return list({party.business_id: party for _, party in self.breaches}.values())


def history_of(place: Trait, holders: Sequence[Party], rule: TaintedRule, as_of: date) -> History | None:
    """Of premises and all businesses there; None where the rule is not met on the day. Premises that go by several
    names, as number and as UPRN, have their history under the first that all these businesses give."""
    if not rule.occupiers <= len(holders) <= rule.most_businesses or _first_name(holders) != place:
        return None
    oldest = as_of - rule.years * _YEAR
    found = [
        (profile, party)
        for party in holders
        for profile in party.breaches(rule.least_severity, as_of)
        if profile.on >= oldest
    ]
    found.sort(key=lambda breach: (breach[0].on, breach[0].record_id))
    for count in range(rule.breaches, len(found) + 1):
        if len({party.business_id for _, party in found[:count]}) >= rule.occupiers:
            return History(place, tuple(found), found[count - 1][0].on)
    return None


def _first_name(holders: Sequence[Party]) -> Trait:
    common = set(holders[0].of_kind(TraitKind.premises))
    for party in holders[1:]:
        common &= set(party.of_kind(TraitKind.premises))
    return min(common)


def tainted_building(history: History, holders: Sequence[Party], rule: TaintedRule) -> Finding:
    occupiers, place = history.occupiers, in_words(history.place, holders[0])
    return finding(
        FindingType.tainted_building,
        rule.id,
        history.place,
        sentence=f"{len(history.breaches)} breaches under {len(occupiers)} occupiers of {place} in {rule.years} years: "
        f"{listed([party.name for party in occupiers])}.",
        reasons=[_breach(profile, party) for profile, party in history.breaches],
        parties=occupiers,
        profiles=[profile for profile, _ in history.breaches],
        since=history.since,
        traits=[history.place],
    )


def _breach(profile: Profile, party: Party) -> str:
    said = profile.observation
    rated = f", rated {said.native_rating}" if said.native_rating else ""
    closed = f", closed on {day(said.closed_on)}" if said.closed_on else ""
    regime = regime_in_words(profile.regime).capitalize()
    return f"{regime}, severity {said.severity} of 4{rated}: {party.name}, {day(profile.on)}{closed}."


def new_occupiers(history: History, holders: Sequence[Party], rule: NewOccupierRule) -> Iterator[Finding]:
    place = in_words(history.place, holders[0])
    for party in holders:
        if party.began <= history.since:
            continue
        earlier = [(profile, occupier) for profile, occupier in history.breaches if profile.on < party.began]
        occupiers = {occupier.business_id: occupier for _, occupier in earlier}
        yield finding(
            FindingType.new_occupier,
            rule.id,
            (*history.place, party.business_id),
            sentence=f"{party.name} was first seen on {day(party.began)} at {place}, where there had been "
            f"{len(earlier)} breaches under {len(occupiers)} occupiers.",
            reasons=[_breach(profile, occupier) for profile, occupier in earlier],
            parties=[party, *occupiers.values()],
            profiles=[*party.profiles, *(profile for profile, _ in earlier)],
            since=party.began,
            traits=[history.place],
        )
