"""What a process makes of records in bulk, in a form that another process can compare: run as compiled, and not."""

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from joinedup.bulk.rows import Keyed, Portion, Rows, read_portion
from joinedup.feeds import feed_file
from services.ingest.domain.readers import Refused, read_rows
from services.linker.domain.model import default_model
from services.linker.domain.normalise import Mention
from services.linker.domain.relate.traits import TraitKind, bearer, traits
from services.linker.domain.score import score
from shared.runtime.native import BUILT

_BORNE = (TraitKind.person, TraitKind.landlord)


def compiled(modules: Iterable[str] = ()) -> set[str]:
    """The modules that this process has compiled by us, once it has loaded these."""
    for name in modules:
        import_module(name)
    files = {name: getattr(module, "__file__", None) for name, module in sys.modules.items()}
    return {name for name, file in files.items() if file and Path(file).is_relative_to(BUILT)}


def read_from(feed: str, damage: Sequence[tuple[int, int]]) -> list[Any]:
    """What a reader makes of the file of SPEC=FILE, and why it refuses it, with other bytes at these places."""
    file = feed_file(feed)
    content = bytearray(file.path.read_bytes())
    for place, byte in damage:
        content[place % len(content)] = byte
    read: list[Any] = []
    try:
        read.extend(read_rows(file.spec, BytesIO(content)))
    except Refused as error:
        read.append(error.errors)
    return read


def made_of(rows: Rows) -> list[Any]:
    """Everything in the portion of these rows. Keys of a record have no order of their own."""
    portion = read_portion(rows)
    told = [portion.refs, portion.ids, portion.features, portion.places.tolist(), portion.taken, portion.rejected]
    told += [_by_record(portion, keys) for keys in (portion.shared, portion.held, portion.sought)]
    if stored := portion.stored:
        words = [sorted(stored.vocabulary[word] for word in some) for some in _by_record(portion, stored.words)]
        told += [stored.rows, stored.source, words, _by_record(portion, stored.traits)]
    return told


def scores(pairs: Sequence[tuple[bytes, bytes]]) -> list[str]:
    """Bits for two records each, given as their features, to the last bit."""
    mentions = {features: Mention.from_json(features) for pair in pairs for features in pair}
    return [score(mentions[one], mentions[other], default_model()).hex() for one, other in pairs]


def bearers(features: Sequence[bytes]) -> list[list[str]]:
    """Who it is from whom each trait of a person comes, of records given as their features."""
    mentions = map(Mention.from_json, features)
    return [
        [bearer(one, mention).text for one in sorted(traits(mention)) if one.kind in _BORNE] for mention in mentions
    ]


def _by_record(portion: Portion, keyed: Keyed) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in portion.ids]
    for key, owner in zip(keyed.keys.tolist(), keyed.owners.tolist(), strict=True):
        found[owner].append(key)
    return [sorted(some) for some in found]
