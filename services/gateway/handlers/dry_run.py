"""May I share X with Y for Z? Answered from the rules; neither the log nor any service is asked."""

from collections.abc import Iterator

from shared.contracts.api.sharing import SharingAnswer, SharingQuestion
from shared.contracts.problem import FieldProblem
from shared.runtime.clock import today
from shared.runtime.errors import Forbidden, Invalid
from shared.sharing import Partnership, answer, catalogue


def dry_run(question: SharingQuestion, agency: str, partnership: Partnership) -> SharingAnswer:
    """Raises Forbidden for a question about two other agencies, Invalid for what the partnership does not know."""
    if agency not in (question.owner, question.viewer):
        raise Forbidden("Ask about your own agency, as the owner or as the viewer of the records.")
    if unknown := list(_unknown(question, partnership)):
        raise Invalid(errors=unknown)
    return answer(question, today(), partnership, catalogue())


def _unknown(question: SharingQuestion, partnership: Partnership) -> Iterator[FieldProblem]:
    for field in ("owner", "viewer"):
        if partnership.agency(getattr(question, field)) is None:
            yield FieldProblem(field=f"body.{field}", code="agency", remedy="Name an agency of this partnership.")
    if question.category not in partnership.every_category:
        remedy = f"Choose from {', '.join(partnership.every_category)}."
        yield FieldProblem(field="body.category", code="category", remedy=remedy)
