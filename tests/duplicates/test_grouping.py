"""Components of graphs: the laws that groups rest on."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from archypix.duplicates.grouping import components, largest, name_components

Edges = list[tuple[int, int, int]]
NODES = st.integers(0, 14)
EDGES = st.lists(st.tuples(NODES, NODES, st.integers(0, 10)), max_size=25)
BEFORE = st.dictionaries(NODES, st.sampled_from("abcd"))


def reached(start: int, edges: Iterable[tuple[int, int, int]]) -> set[int]:
    """Every node that edges lead to, found by walking."""
    edges = list(edges)
    found, waiting = {start}, [start]
    while waiting:
        node = waiting.pop()
        for one, other, _ in edges:
            for here, there in ((one, other), (other, one)):
                if here == node and there not in found:
                    found.add(there)
                    waiting.append(there)
    return found


@given(EDGES, BEFORE)
def test_without_a_bound_they_are_what_walking_finds(edges: Edges, before: dict[int, str]) -> None:
    found = {frozenset(each) for each in components(edges, most=100, before=before)}
    nodes = {node for one, other, _ in edges for node in (one, other)}
    assert found == {frozenset(walk) for node in nodes if len(walk := reached(node, edges)) > 1}


@given(EDGES, st.integers(2, 5), BEFORE)
def test_with_a_bound_they_are_small_disjoint_and_connected(edges: Edges, most: int, before: dict[int, str]) -> None:
    found = components(edges, most=most, before=before)
    assert len(set().union(*found)) == sum(map(len, found))
    for each in found:
        assert 2 <= len(each) <= most
        within = [edge for edge in edges if edge[0] in each and edge[1] in each]
        assert reached(next(iter(each)), within) == each


@given(EDGES, st.integers(2, 5))
def test_what_was_formed_stays_when_it_is_formed_again(edges: Edges, most: int) -> None:
    found = components(edges, most=most)
    before = {node: number for number, each in enumerate(found) for node in each}
    again = components(edges, most=most, before=before)
    assert {frozenset(each) for each in again} == {frozenset(each) for each in found}


@given(EDGES, BEFORE)
def test_names_go_to_one_set_each_that_has_a_part_of_them(edges: Edges, before: dict[int, str]) -> None:
    found = components(edges, most=100)
    names = name_components(found, before)
    given_away = [name for name in names if name is not None]
    assert len(given_away) == len(set(given_away))
    for nodes, name in zip(found, names, strict=True):
        mine = {before[node] for node in nodes if node in before}
        assert name in mine if name is not None else mine <= set(given_away)


def test_the_largest_part_comes_first() -> None:
    assert largest([(1, 2), (3, 4), (4, 5)]) == {3, 4, 5}
    assert largest([(1, 2), (3, 4)]) == {1, 2}
    assert largest([]) == set()
