"""Who goes in together: who has a reason to come, who can open the door, who leads, with how many, and what clashes.

Source: evaluation ¶45, ¶47, ¶50 to ¶52, ¶58 to ¶62. Everything is a function of the case and of dated policies.
"""

from services.calendar.domain.compose.case import Case, Concern, Partner, Sighting
from services.calendar.domain.compose.propose import propose

__all__ = ["Case", "Concern", "Partner", "Sighting", "propose"]
