"""POST /v1/sharing/dry-run: what the sharing rules say, before anybody shares anything."""

from fastapi import APIRouter

from services.gateway.api.caller import CurrentRules, Member
from services.gateway.handlers import dry_run
from shared.contracts.api.sharing import SharingAnswer, SharingQuestion
from shared.runtime.web import problems

router = APIRouter(tags=["sharing"])


@router.post("/v1/sharing/dry-run", responses=problems(413), summary="May I share X with Y for Z?")
async def ask(question: SharingQuestion, caller: Member, rules: CurrentRules) -> SharingAnswer:
    """For any member of either agency. Nothing is shared or looked up: the answer is a function of the sharing rules,
    and does not tell whether there is anything to share. It cites the legal gateway and its conditions, or says which
    power is missing and who can help."""
    return dry_run.dry_run(question, caller.agency, rules.partnership())
