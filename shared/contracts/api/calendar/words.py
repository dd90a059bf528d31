"""The words in which visits are described."""

from enum import StrEnum


class Purpose(StrEnum):
    enforcement = "enforcement"
    supportive = "supportive"
    mixed = "mixed"


class Tier(StrEnum):
    """The most that its owner lets partners see of a visit; the sharing rules may give less.

    `hidden`: nothing. `ring`: whoever plans at the same place is told that someone plans, and whom to ring. `agency`:
    also who, where and on which days. `full`: all of it.
    """

    hidden = "hidden"
    ring = "ring"
    agency = "agency"
    full = "full"


class VisitStatus(StrEnum):
    planned = "planned"
    confirmed = "confirmed"
    done = "done"
    cancelled = "cancelled"


class Answer(StrEnum):
    """Of an agency beside the owner: `asking` is one that would like to join and waits for the owner."""

    invited = "invited"
    accepted = "accepted"
    declined = "declined"
    asking = "asking"


class CancelReason(StrEnum):
    no_capacity = "no_capacity"
    partner_withdrew = "partner_withdrew"
    joined_another = "joined_another"
    duplicate = "duplicate"
    business_closed = "business_closed"
    intelligence_superseded = "intelligence_superseded"
    reallocated_at_short_notice = "reallocated_at_short_notice"
    safety = "safety"
    weather = "weather"
    no_longer_in_source = "no_longer_in_source"
    other = "other"


class How(StrEnum):
    """How two visits concern each other, nearest first; of two that do in several ways, the nearest is told."""

    same_premises = "same_premises"
    linked_premises = "linked_premises"
    same_organisation = "same_organisation"
    network = "network"


class OutcomeKind(StrEnum):
    """Source: seed Table 3, Box 2 and appendix A3."""

    satisfactory = "satisfactory"
    advice = "advice"
    notice = "notice"
    closure = "closure"
    penalty = "penalty"
    arrest = "arrest"
    seizure = "seizure"
    arrears = "arrears"
    referral_made = "referral_made"
    score_change = "score_change"
    nothing_found = "nothing_found"
    resolved_on_site = "resolved_on_site"
    new_business_found = "new_business_found"
