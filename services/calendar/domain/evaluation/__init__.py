"""The partnership's report, worked out from lists: each figure is made of the very things that it opens to.

Source: evaluation ¶47, ¶48, ¶57, ¶69, Box 3, Table 3 and Annex A (what could not be measured, and why).
"""

from services.calendar.domain.evaluation.facts import Attended, Decided, Facts, Found, Span, Visited
from services.calendar.domain.evaluation.report import report

__all__ = ["Attended", "Decided", "Facts", "Found", "Span", "Visited", "report"]
