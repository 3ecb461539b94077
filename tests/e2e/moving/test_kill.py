"""A server is killed in the middle of a move and started again: the move goes on from where it was."""

from __future__ import annotations

import pytest

from tests.e2e.moving.acts import at, begin, ended, own, there, whole
from tests.e2e.sharing.acts import can_fetch, comes_to_see, put, revoke, share
from tests.rig.domain import Domain
from tests.rig.trio import until


@pytest.mark.parametrize("killed", ["b1", "b2", "r"])
def test_a_server_dies_while_somebody_moves(domain: Domain, killed: str) -> None:
    alice, carol = domain.everybody(**{f"alice{killed}": "b1", f"carol{killed}": "x"})
    pictures = put(alice, *(f"alps-{number}.jpg" for number in range(6)))
    put(carol, "carol-1.jpg")
    deal, back = share(alice, carol), share(carol, alice)
    comes_to_see(carol, *pictures)
    comes_to_see(alice, "carol-1.jpg")

    move = begin(domain, alice, "b2")
    domain.kill(killed)
    # Said to her while nobody knows where she is.
    put(carol, "carol-2.jpg")
    domain.restart(killed)
    ended(domain, move)
    moved = at(domain, alice, "b2")

    assert own(moved) == pictures
    comes_to_see(moved, "carol-1.jpg", "carol-2.jpg", within=90)
    put(moved, "after.jpg")
    seen = comes_to_see(carol, *pictures, "after.jpg", within=90)
    until(lambda: can_fetch(carol, seen["after.jpg"]["id"]), "the file")
    revoke(there(deal, sender=moved))
    comes_to_see(carol, within=90)
    revoke(back)
    comes_to_see(moved, within=90)
    whole(domain)
