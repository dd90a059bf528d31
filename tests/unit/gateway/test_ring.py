"""The ring gives exactly what comes after a position, or says that it no longer can."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from services.gateway.domain.ring import Ring
from services.gateway.domain.risk import Entry


def entries(partitions: list[int]) -> list[Entry]:
    offsets: dict[int, int] = defaultdict(int)
    made = []
    for partition in partitions:
        made.append(Entry(partition, offsets[partition], None))
        offsets[partition] += 1
    return made


@given(
    st.lists(st.integers(0, 2)),
    st.integers(1, 10),
    st.integers(1, 4),
    st.dictionaries(st.integers(0, 2), st.integers(0, 9)),
)
def test_a_reader_gets_everything_once_in_order_or_is_sent_to_the_log(partitions, capacity, limit, position):
    said = entries(partitions)
    ring = Ring(capacity, {0: 0, 1: 0, 2: 0})
    ring.add(said)
    kept = said[max(len(said) - capacity, 0) :]
    wanted = [entry for entry in said if entry.offset >= position.get(entry.partition, 0)]
    read, here = [], dict(position)
    while batch := ring.after(here, limit):
        assert len(batch) <= limit
        for entry in batch:
            assert entry.offset >= here.get(entry.partition, 0)
            here[entry.partition] = entry.offset + 1
        read += batch
    if ring.after(position, limit) is None:
        assert not set(wanted) <= set(kept)
    else:
        assert sorted(read, key=place) == sorted(wanted, key=place)
    assert len(ring) == len(kept)


def place(entry: Entry) -> tuple[int, int]:
    return entry.partition, entry.offset


def test_what_came_before_the_ring_began_is_in_the_log():
    ring = Ring(10, {0: 5, 1: 0})
    assert ring.after({0: 4}, 10) is None
    assert ring.after({0: 5}, 10) == []
    assert ring.after({}, 10) is None


def test_a_position_ahead_of_the_ring_waits_for_it():
    ring = Ring(10, {0: 0})
    ring.add([Entry(0, 0, None), Entry(0, 1, None)])
    assert ring.after({0: 2}, 10) == []
    ring.add([Entry(0, 2, None)])
    assert ring.after({0: 2}, 10) == [Entry(0, 2, None)]
