"""Whose lane is next: hosts of one domain take turns among themselves, whatever their number."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from federation.outbox.waiting import LANES, LANES_OF_DOMAIN, SUSPECT_LANES_OF_DOMAIN, Places, WaitingLanes

MANY = 1_000


def test_new_hosts_of_one_domain_leave_places_for_others() -> None:
    waiting, places = WaitingLanes(), Places()
    for number in range(MANY):
        waiting.add(f"h{number}.evil.test")
    waiting.add("b.test")
    taken = waiting.take(places, 100)
    assert len(taken) == LANES_OF_DOMAIN + 1
    assert "b.test" in taken
    for host in taken:
        places.occupy(host, suspect=False)
    assert waiting.take(places, 100) == []
    waiting.add("c.test")
    assert waiting.take(places, 100) == ["c.test"]
    places.leave(next(host for host in taken if host != "b.test"))
    assert len(waiting.take(places, 100)) == 1
    assert waiting.room == 20_000 - (MANY - LANES_OF_DOMAIN - 1)


def test_those_that_failed_likewise() -> None:
    waiting, places = WaitingLanes(), Places()
    for number in range(MANY):
        waiting.add(f"h{number}.evil.test", suspect=True)
    waiting.add("b.test", suspect=True)
    assert sorted(waiting.take(places, 100))[0] == "b.test"
    assert len(waiting.take(places, 100)) == SUSPECT_LANES_OF_DOMAIN


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9), st.booleans()), max_size=80))
def test_everybody_gets_a_turn_once(lines: list[tuple[int, int, bool]]) -> None:
    waiting, places = WaitingLanes(), Places()
    for domain, host, suspect in lines:
        waiting.add(f"h{host}.d{domain}.test", suspect=suspect)
    wanted, had = {f"h{host}.d{domain}.test" for domain, host, _ in lines}, []
    while taken := waiting.take(places, 16):
        assert len(taken) <= min(16, LANES + 8)
        had += taken
    assert sorted(had) == sorted(wanted)
    assert waiting.room == 20_000
