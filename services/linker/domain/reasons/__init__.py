"""Why records are one business or not, what would change it, and how a business came to be, in sentences.

Everything here speaks of records and decisions that one audience sees, and follows the same rules as the clustering.
"""

from services.linker.domain.reasons.chain import Step, chain, path
from services.linker.domain.reasons.history import Event, history
from services.linker.domain.reasons.scene import Evidence, Exhibit, Scene, evidence, in_bits
from services.linker.domain.reasons.verdict import Finding, conflict_sentence, decision_sentence, finding
from services.linker.domain.reasons.what_if import WhatIf, what_if

__all__ = [
    "Event",
    "Evidence",
    "Exhibit",
    "Finding",
    "Scene",
    "Step",
    "WhatIf",
    "chain",
    "conflict_sentence",
    "decision_sentence",
    "evidence",
    "finding",
    "history",
    "in_bits",
    "path",
    "what_if",
]
