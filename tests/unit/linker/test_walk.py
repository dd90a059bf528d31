from collections.abc import Collection, Mapping

from hypothesis import given
from hypothesis import strategies as st

from services.linker.domain.cluster import hanging_together
from services.linker.domain.walk import Walk

Links = Mapping[int, set[int]]
numbers = st.integers(0, 30)


def links_of(pairs: Collection[tuple[int, int]]) -> Links:
    found: dict[int, set[int]] = {no: set() for no in range(31)}
    for a, b in pairs:
        if a != b:
            found[a].add(b)
            found[b].add(a)
    return found


def walked(seeds: set[int], crowd: int, links: Links) -> tuple[set[int], Walk]:
    walk, read = Walk(seeds, crowd), set[int]()
    while next_ := walk.next():
        assert read.isdisjoint(next_)
        read |= next_
        walk.take((no, links[no]) for no in next_)
    return read, walk


@given(st.sets(numbers, max_size=4), st.integers(1, 12), st.sets(st.tuples(numbers, numbers), max_size=60))
def test_all_that_hangs_together_with_the_seeds_is_read_but_for_crowds(
    seeds: set[int], crowd: int, pairs: set[tuple[int, int]]
) -> None:
    links = links_of(pairs)
    apart = hanging_together(
        links.keys() - seeds, ((a, b) for a in links for b in links[a] if a not in seeds and b not in seeds)
    )
    near = {other for seed in seeds for other in links[seed]} - seeds
    small = {no for piece in apart if len(piece) <= crowd and not near.isdisjoint(piece) for no in piece}
    crowds = {no for piece in apart if len(piece) > crowd for no in piece}

    read, walk = walked(seeds, crowd, links)

    assert read - walk.crowded == seeds | small
    assert near & crowds <= walk.crowded <= crowds
    met = read | walk.crowded
    whole = hanging_together(met, ((a, b) for a in read for b in links[a]))
    assert {frozenset(group) for group in walk.groups} == {frozenset(group) for group in whole}


def test_a_crowd_is_known_when_few_of_it_were_read() -> None:
    everybody = {no: set(range(1000)) - {no} for no in range(1000)}
    read, walk = walked({3}, 50, everybody)
    assert len(read) < 20
    assert walk.crowded == set(range(1000)) - {3}


def test_a_long_chain_is_read_to_its_end() -> None:
    chain = links_of([(no, no + 1) for no in range(30)])
    assert walked({0}, 31, chain)[0] == set(range(31))


def test_what_seeds_alone_hold_together_is_no_crowd() -> None:
    star = links_of([(0, no) for no in range(1, 31)])
    read, walk = walked({0}, 5, star)
    assert read == set(range(31))
    assert not walk.crowded
    assert len(walk.groups) == 1
