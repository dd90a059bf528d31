"""Networks: who is reached, how, and what the cap leaves out."""

from services.linker.domain.relate.network import Neighbourhood, along, edges
from services.linker.domain.relate.party import Party
from tests.unit.linker.relate.build import party, profile


def chain(length: int) -> list[Party]:
    """Each shares a telephone with the next and with no other."""
    phones = [f"07700 900{n:03}" for n in range(100, 100 + length + 1)]
    return [party(profile(str(n), f"Shop {n}", phones=(phones[n], phones[n + 1]))) for n in range(length)]


def explored(root: Party, everyone: list[Party], degrees: int, limit: int) -> Neighbourhood:
    found = Neighbourhood(root, limit)
    for degree in range(degrees):
        found.extend(degree, everyone)
    return found


def test_three_degrees_reach_three_relations_away_and_no_further():
    shops = chain(6)
    found = explored(shops[0], shops, 3, 50)
    assert [found.degree[shop.business_id] for shop in shops[:4]] == [0, 1, 2, 3]
    assert len(found.reached) == 4
    assert found.path(shops[3].business_id) == tuple(shop.business_id for shop in shops[:4])
    assert not found.left_out


def test_a_cap_keeps_the_nearest_and_says_that_others_were_left_out():
    shops = chain(6)
    found = explored(shops[0], shops, 3, 3)
    assert set(found.reached) == {shop.business_id for shop in shops[:3]}
    assert found.left_out


def test_a_cap_that_just_suffices_leaves_nobody_out():
    shops = chain(4)
    assert not explored(shops[0], shops, 3, 4).left_out


def test_who_is_reached_does_not_depend_on_the_order_of_reading():
    star = [party(profile(str(n), f"Shop {n}", phones=("07700 900123",))) for n in range(9)]
    one, other = (explored(star[4], order, 1, 5) for order in (star, star[::-1]))
    assert list(one.reached) == list(other.reached)


def test_edges_and_steps_say_what_is_shared():
    shops = chain(3)
    assert len(edges(shops)) == 2
    found = explored(shops[0], shops, 2, 50)
    steps = along(found.path(shops[2].business_id), found.reached)
    assert [step.values for step in steps] == [("07700 900101",), ("07700 900102",)]


def test_units_of_one_building_are_no_network():
    units = [party(profile(str(n), f"Shop {n}", f"Unit {n}, 12 The Broadway", postcode="UB1 1AA")) for n in range(1, 4)]
    assert edges(units) == []
    assert len(explored(units[0], units, 3, 50).reached) == 1
