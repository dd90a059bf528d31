"""A small partnership's records, and the shipped model, to train and compare on."""

from functools import cache

from joinedup.model.material import Material
from joinedup.synthetic.partnership import generate
from services.linker.domain.model import shipped_model
from services.linker.domain.model_file import ModelFile, read_model_file
from services.linker.domain.normalise import normalise
from shared.contracts.identifiers import record_id

SHIPPED: ModelFile = read_model_file(shipped_model())


@cache
def partnership(businesses: int = 300, records: int = 700, seed: int = 11) -> Material:
    rows = {
        record_id(feed, ref): (feed, record) for feed, ref, record, _ in generate(seed, businesses, records).records()
    }
    mentions = {id_: normalise(record) for id_, (_, record) in rows.items()}
    return Material(mentions, {id_: feed for id_, (feed, _) in rows.items()})
