"""Why records are one business or not, what would change it, and how a business came to be."""

from datetime import date

from pydantic import Field

from shared.contracts.api.linker.businesses import Member
from shared.contracts.api.linker.decisions import ComparedRecord, Decision
from shared.contracts.envelope import Contract


class WaterfallStep(Contract):
    """One comparison of two records: what it found, and the bits it adds to the weight; each doubles the odds."""

    comparison: str
    level: str
    bits: float
    sentence: str


class Link(Contract):
    """Two records that were compared. `links` where their weight alone reaches the threshold."""

    a: str
    b: str
    weight: float = Field(description="Bits of evidence that they are one business: the sum of the waterfall")
    links: bool
    summary: str
    waterfall: tuple[WaterfallStep, ...]


class ChainStep(Contract):
    """One of the links that hold a business together: one fewer than it has records."""

    a: str
    b: str
    weight: float | None = Field(description="Bits; none where it rests on a decision")
    sentence: str


class Why(Contract):
    """Why these records are one business."""

    business_id: str
    model_version: str
    threshold: float = Field(description="Bits that the average link between two groups of records must reach")
    summary: str
    chain: tuple[ChainStep, ...] = Field(description="What it hangs together by: decisions first, then the strongest")
    links: tuple[Link, ...] = Field(description="Strongest first, at most 200")
    decisions: tuple[Decision, ...] = Field(description="In force on its records")
    conflicts: tuple[str, ...] = Field(description="Decisions that cannot be followed, and what forbids it")


class WhatIf(Contract):
    """A single fact, not known so far, and what it would change."""

    fact: str
    bits: float = Field(description="What the fact adds to the evidence")
    weight: float = Field(description="The evidence that there would then be")
    changes: bool = Field(description="Whether it would join the two, or part them")
    sentence: str


class Compared(Contract):
    """Why two records are one business or not, and what would change it."""

    a: ComparedRecord
    b: ComparedRecord
    records: tuple[Member, Member] = Field(description="The two as their agencies hold them: `a`, then `b`")
    one_business: bool
    model_version: str
    threshold: float = Field(description="Bits that are needed")
    weight: float = Field(description="Bits of evidence of the two alone: the sum of the waterfall")
    sentences: tuple[str, ...] = Field(description="Why, the most important first")
    waterfall: tuple[WaterfallStep, ...]
    decisions: tuple[Decision, ...] = Field(description="In force on the two")
    conflicts: tuple[str, ...] = Field(description="Decisions that cannot be followed, and what forbids it")
    what_would_change_it: tuple[WhatIf, ...]


class HistoryEvent(Contract):
    on: date
    kind: str = Field(description="began, arrived, joined, merged, split or decided")
    sentence: str
    record_ids: tuple[str, ...]
    size: int = Field(description="Records that the business, or the largest part of it, had afterwards")
    decision_id: str | None


class History(Contract):
    """How the business came to be, by the records and decisions that you see today."""

    business_id: str
    complete: bool = Field(description="False where so many records are concerned that only the nearest were looked at")
    events: tuple[HistoryEvent, ...]
