"""Risk of a business as of a date: the regimes with live concerns first, then how severe and how recent they are.

Presence is not a concern, and a check that found nothing counts as a negative: it ends the earlier concerns of its own
source in that regime and discounts those of others. What keeps coming back weighs more.
"""

from services.linker.domain.assess.policy import BandRule, RiskPolicies, RiskPolicy, default_policies, load_policies
from services.linker.domain.assess.risk import Risk, assess
from services.linker.domain.assess.weigh import Observed

__all__ = [
    "BandRule",
    "Observed",
    "Risk",
    "RiskPolicies",
    "RiskPolicy",
    "assess",
    "default_policies",
    "load_policies",
]
