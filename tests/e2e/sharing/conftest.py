"""Three servers for all stories, and alice, bob and carol, new for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.sharing.acts import ALPS, MOUNTAINS, Deal, comes_to_see, follow_tag, put, share
from tests.rig.trio import Person, Trio, three_servers

# Back-off of seconds instead of minutes.
PACE = "0.02"


@pytest.fixture(scope="package")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    """The servers, with a worker each."""
    with three_servers(tmp_path_factory.mktemp("trio"), federation_time_scale=PACE) as made:
        yield made


@pytest.fixture(autouse=True)
def _fair(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a story did to the network or to a server, the next begins with all well."""
    yield
    if "trio" in request.fixturenames:
        trio: Trio = request.getfixturevalue("trio")
        trio.network.join()
        for link in trio.network.links.values():
            link.censor = None
        trio.restart(*(name for name, server in trio.servers.items() if not server.runs))


@dataclass(frozen=True)
class Tale:
    """Alice has shared three pictures with bob, who adds one of his own and passes them on to carol."""

    trio: Trio
    alice: Person
    bob: Person
    carol: Person
    # Ids in alice's and bob's own libraries, by file name.
    hers: dict[str, str]
    his: dict[str, str]
    to_bob: Deal
    to_carol: Deal


HERS = ("alps-1.jpg", "alps-2.jpg", "alps-3.jpg")
HIS = ("fjord-1.jpg",)


@pytest.fixture
def people(trio: Trio) -> tuple[Person, Person, Person]:
    """Alice, bob and carol."""
    return trio.people()


@pytest.fixture
def tale(trio: Trio, people: tuple[Person, Person, Person]) -> Tale:
    """The beginning of most stories."""
    alice, bob, carol = people
    hers = put(alice, *HERS, tags=[ALPS])
    to_bob = share(alice, bob, reshare_depth=2)
    comes_to_see(bob, *HERS)
    his = put(bob, *HIS, tags=[MOUNTAINS])
    follow_tag(bob)
    to_carol = share(bob, carol, MOUNTAINS, reshare_depth=1)
    comes_to_see(carol, *HERS, *HIS)
    return Tale(trio, alice, bob, carol, hers, his, to_bob, to_carol)
