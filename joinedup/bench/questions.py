"""What officers might type to find a business: parts of its records, misspelt or unfinished now and then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from joinedup.bench.arrivals import Row
from services.linker.domain.normalise import Point
from services.linker.domain.search.standing import Around
from shared.contracts.identifiers import record_id
from shared.contracts.record import Record

_COMMON = ("cafe", "restaurant", "takeaway", "car wash", "care home", "kebab house", "school", "12 high street", "bar")
_BEGUN = ("the", "sou", "chi", "ch", "st", "golde", "kitch", "the kit", "resta", "hig", "tak", "mr ")
_SHORTEST_SLIP = 4


@dataclass(frozen=True, slots=True)
class Question:
    """`record_id`: the record it was made from, None where it means no one business."""

    kind: str
    text: str
    record_id: str | None
    around: Around | None = None


def questions(rows: Sequence[Row], seed: int) -> list[Question]:
    """A few of each record, as many common words as a tenth of the records, and words of which little is typed yet."""
    random = Random(f"questions {seed}")  # noqa: S311 - repeatable is what it must be
    asked = [
        Question(kind, text, record_id(feed, ref))
        for feed, ref, record in rows
        for kind, text in _about(record, ref, random)
        if text.strip()
    ]
    asked += [question for feed, ref, record in rows for question in _near(record, record_id(feed, ref))]
    asked += [Question("common words", random.choice(_COMMON), None) for _ in range(len(rows) // 10)]
    return asked + [Question("common words, begun", text, None) for text in _BEGUN]


def _about(record: Record, ref: str, random: Random) -> Iterator[tuple[str, str]]:
    for name in record.names[:1]:
        yield "name", name.value
        yield "name, misspelt", _misspelt(name.value, random)
        yield "name, begun", name.value[: max(_SHORTEST_SLIP, len(name.value) // 2)]
        if record.address and record.address.town:
            yield "name and town", f"{name.value} {record.address.town}"
        if record.sector:
            yield "word and type", f"{random.choice(name.value.split())} {record.sector}"
    if record.address and record.address.lines:
        yield "address", ", ".join((*record.address.lines, record.address.postcode or ""))
    if record.address and record.address.postcode:
        yield "postcode", record.address.postcode
    for phone in record.phones[:1]:
        yield "phone", phone
        yield "end of a phone", phone[-6:]
    for person in record.people[:1]:
        yield "person", person.name
        yield "person, misspelt", _misspelt(person.name, random)
    yield "reference", record.company_number or ref


def _near(record: Record, id_: str) -> Iterator[Question]:
    """From where the business stands: all, those of its type, itself, and what is known to be nowhere near."""
    if not (record.address and record.address.latitude is not None and record.address.longitude is not None):
        return
    point = Point(record.address.latitude, record.address.longitude)
    yield Question("near here", "", id_, Around(point, 1000))
    yield Question("type near here", record.sector or "", None, Around(point, 1000))
    yield from (Question("name near here", name.value, id_, Around(point, 1000)) for name in record.names[:1])
    yield Question("person far around", "Mohammed Singh", None, Around(point, 2000))


def _misspelt(text: str, random: Random) -> str:
    """A slip in each longer word: a letter lost, doubled, or changed with the next."""
    return " ".join(_slip(word, random) if len(word) >= _SHORTEST_SLIP else word for word in text.split())


def _slip(word: str, random: Random) -> str:
    place = random.randrange(len(word) - 1)
    before, here, following, after = word[:place], word[place], word[place + 1], word[place + 2 :]
    return random.choice(
        (before + following + after, before + here + here + following + after, before + following + here + after)
    )
