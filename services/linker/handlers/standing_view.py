"""An audience as it is kept up to date."""

from dataclasses import dataclass

from shared.sharing import View


@dataclass(frozen=True)
class StandingView(View):
    """A view in the store. What a new one holds may still be of the view that it began as a copy of, so its agencies
    are told what businesses are that a visible record has changed, and nothing of what they were."""

    is_new: bool = False
