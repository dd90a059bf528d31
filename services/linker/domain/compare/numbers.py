"""Company, VAT and charity numbers. One that differs is evidence against, not proof."""

from rapidfuzz.distance import DamerauLevenshtein

from services.linker.domain.compare.finding import Comparator, Finding
from services.linker.domain.model import Model
from services.linker.domain.normalise import Mention


def _measure(a: Mention, b: Mention, model: Model) -> Finding | None:
    weights = model.weights["numbers"]
    if a.company_number and b.company_number:
        level = _company_level(a.company_number, b.company_number, model)
        return Finding(level, weights[level], a.company_number, b.company_number)
    for level, left, right in (
        ("vat", a.vat_number, b.vat_number),
        ("charity", a.charity_number, b.charity_number),
    ):
        if left and right:
            full = f"{'same' if left == right else 'other'}_{level}"
            return Finding(full, weights[full], left, right)
    return None


def _company_level(left: str, right: str, model: Model) -> str:
    if left == right:
        return "hub" if model.is_hub("company_number", left) else "same_company"
    return "company_misread" if DamerauLevenshtein.distance(left, right, score_cutoff=1) <= 1 else "other_company"


_SENTENCES = {
    "same_company": "Both give company number {left}.",
    "hub": "Both give company number {left}, which many businesses give; it proves nothing.",
    "company_misread": "Company numbers {left} and {right} differ by one slip of the hand.",
    "other_company": "Company numbers {left} and {right} differ.",
    "same_vat": "Both give VAT number {left}.",
    "other_vat": "VAT numbers {left} and {right} differ.",
    "same_charity": "Both give charity number {left}.",
    "other_charity": "Charity numbers {left} and {right} differ.",
}

NUMBERS = Comparator(
    "numbers", _measure, lambda found: _SENTENCES[found.level].format(left=found.left, right=found.right)
)
