"""Where newcomers go: gates that no strategy opens, then the strategy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolver.preferences.models import Preferences, Strategy
from resolver.registration.models import Candidate
from resolver.registration.placement import choose, judge, rehearse

WELL = Candidate(
    id=1, origin="https://b1.d.test", state="admitted", heard=True, healthy=True, accepting=True, draining=False,
    people=10, newcomers=0, reported=10, pictures=100, bytes=1000,
)  # fmt: skip
OTHER = replace(WELL, id=2, origin="https://b2.d.test")
STRATEGIES: list[Strategy] = ["least_users", "least_pictures", "least_bytes", "round_robin", "fixed"]


def rules(strategy: Strategy, **more: Any) -> Preferences:
    return Preferences(strategy=strategy, fixed_backend=WELL.origin, **more)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "pending"}, "not_admitted"),
        ({"state": "refused"}, "not_admitted"),
        ({"heard": False}, "silent"),
        ({"healthy": False}, "unhealthy"),
        ({"accepting": False}, "not_accepting"),
        ({"draining": True}, "draining"),
        ({"user_limit": 10}, "full_of_users"),
        ({"user_limit": 0}, "full_of_users"),
        ({"byte_limit": 1000}, "full_of_bytes"),
        ({"byte_limit": 1099}, "full_of_bytes"),
    ],
)
def test_no_strategy_opens_a_gate(strategy: Strategy, changes: dict[str, Any], reason: str) -> None:
    closed, told = replace(WELL, people=10, **changes), rules(strategy, least_free_bytes=100)
    assert choose([closed], told, last=0) is None
    assert judge([closed], told)[0].refused == (reason,)
    assert choose([WELL], told, last=0) == WELL


def test_all_that_stands_against_a_backend_is_said() -> None:
    closed = replace(WELL, healthy=False, draining=True, user_limit=3)
    assert judge([closed], rules("least_users"))[0].refused == ("unhealthy", "draining", "full_of_users")


@pytest.mark.parametrize(
    ("strategy", "lighter"),
    [("least_users", {"people": 9}), ("least_pictures", {"pictures": 99}), ("least_bytes", {"bytes": 999})],
)
def test_the_lightest_is_chosen(strategy: Strategy, lighter: dict[str, int]) -> None:
    assert choose([WELL, replace(OTHER, **lighter)], rules(strategy), last=0).id == 2  # type: ignore[union-attr]
    assert choose([WELL, OTHER], rules(strategy), last=0).id == 1  # type: ignore[union-attr]


def test_newcomers_weigh_what_an_average_person_does() -> None:
    light = replace(OTHER, pictures=0, people=0, reported=0, newcomers=0)
    told = rules("least_pictures")
    assert rehearse([WELL, light], told, last=0, newcomers=12).order.count(light.origin) == 11


def test_going_round_begins_again_and_passes_over_who_is_closed() -> None:
    third = replace(WELL, id=3, origin="https://b3.d.test", accepting=False)
    fourth = replace(WELL, id=4, origin="https://b4.d.test")
    order = rehearse([WELL, OTHER, third, fourth], rules("round_robin"), last=2, newcomers=5).order
    assert order == (fourth.origin, WELL.origin, OTHER.origin, fourth.origin, WELL.origin)


def test_fixed_means_fixed() -> None:
    crowded = replace(WELL, people=10**6)
    assert set(rehearse([OTHER, crowded], rules("fixed"), last=0, newcomers=3).order) == {WELL.origin}
    assert choose([OTHER, replace(WELL, draining=True)], rules("fixed"), last=0) is None


def test_who_has_just_failed_is_passed_over() -> None:
    assert choose([WELL, OTHER], rules("least_users"), last=0, but=[1]) == OTHER
    assert choose([WELL, OTHER], rules("least_users"), last=0, but=[1, 2]) is None


candidates = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 50), origin=st.just("https://b.d.test"), state=st.sampled_from(["admitted", "pending"]),
        heard=st.booleans(), healthy=st.just(True), accepting=st.just(True), draining=st.booleans(),
        people=st.integers(0, 30), newcomers=st.integers(0, 5), reported=st.integers(0, 30),
        pictures=st.integers(0, 10**6), bytes=st.integers(0, 10**12),
        user_limit=st.none() | st.integers(0, 40), byte_limit=st.none() | st.integers(0, 10**12),
    ),
    max_size=6, unique_by=lambda candidate: candidate.id,
).map(lambda found: [replace(one, origin=f"https://b{one.id}.d.test") for one in found])  # fmt: skip


@given(candidates, st.sampled_from(STRATEGIES), st.integers(0, 60), st.integers(0, 60))
def test_limits_hold_however_many_come(found: list[Candidate], strategy: Strategy, last: int, newcomers: int) -> None:
    told = Preferences(strategy=strategy, fixed_backend=found[0].origin if found else None)
    order = rehearse(found, told, last=last, newcomers=newcomers).order
    for one in found:
        got = order.count(one.origin)
        open_to = one.state == "admitted" and one.heard and not one.draining
        assert not got or open_to
        assert one.user_limit is None or not got or one.people + got <= one.user_limit
    if len(order) < newcomers:
        full = [replace(one, people=one.people + order.count(one.origin)) for one in found]
        assert choose(full, told, last=last) is None


@given(st.integers(1, 6), st.integers(0, 200), st.integers(0, 10))
def test_equal_backends_get_equal_numbers(backends: int, newcomers: int, last: int) -> None:
    found = [replace(WELL, id=n, origin=f"https://b{n}.d.test", people=0) for n in range(1, backends + 1)]
    for strategy in STRATEGIES[:4]:
        order = rehearse(found, rules(strategy), last=last, newcomers=newcomers).order
        counts = [order.count(one.origin) for one in found]
        assert len(order) == newcomers
        assert max(counts) - min(counts) <= 1
