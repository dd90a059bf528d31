"""Other values of the model's weights, tried on sets of known truth."""

import pytest

from joinedup.bench.labelled.labelled_set import LabelledSet
from joinedup.bench.labelled.truth import Businesses
from joinedup.bench.weights import changed, scores
from joinedup.feeds import Unusable
from services.linker.domain.model import default_model
from tests.unit.linker.build import record

MODEL = default_model()


def test_a_change_reaches_every_part_of_the_model_and_leaves_the_rest() -> None:
    spec = "names/most=1.25,prior=-3,ceilings/unsaid.elsewhere=4,clustering/threshold=5,name_rarity/slope=0.25"
    trial = changed(MODEL, spec)
    assert (trial.weights["names"]["most"], trial.prior, trial.ceilings["unsaid.elsewhere"]) == (1.25, -3, 4)
    assert (trial.clustering.threshold, trial.names.slope) == (5, 0.25)
    assert trial.weights["names"]["same"] == MODEL.weights["names"]["same"]
    assert trial.weights["phones"] == MODEL.weights["phones"]


@pytest.mark.parametrize(
    "spec", ["names/mots=1", "nmaes/most=1", "clustering/feeds=1", "ceilings/here=1", "prior=a", "names/most"]
)
def test_a_change_to_what_the_model_does_not_have_is_refused_by_its_key(spec: str) -> None:
    with pytest.raises(Unusable, match=spec.partition("=")[0]):
        changed(MODEL, spec)


def test_a_trial_is_judged_by_the_clusters_that_its_own_weights_give() -> None:
    shop = record("Golden Dragon", "4 Fore Street", town="Redruth")
    records = [("a", "one", shop), ("b", "other", shop)]
    labelled = LabelledSet("two", lambda: iter(records), Businesses({"a": 1, "b": 1}), {})
    assert scores(labelled, MODEL)["recall"] == 1
    assert scores(labelled, changed(MODEL, "prior=-60"))["recall"] == 0
