"""The domain for stories of moving: two backends, an independent server, and a place for a Fedify peer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.peer.fedify import FedifyPeer
from tests.rig.domain import STRANGER, Domain, shared_domain

# Back-off of seconds instead of minutes.
PACE = "0.02"


@pytest.fixture(scope="package")
def domain(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Domain]:
    """The servers, with a worker each."""
    with shared_domain(tmp_path_factory.mktemp("moving"), postgres_url, backends=2, federation_time_scale=PACE) as made:
        for place in ("b1", "b2", "x"):
            made.administrator(place)
        yield made


@pytest.fixture(scope="package")
def peer(domain: Domain) -> Iterator[FedifyPeer]:
    """A server that nobody here wrote, at `m.test`."""
    links = domain.network.links
    ways = {host: links[STRANGER, place].url for place, host in domain.hosts.items() if place != STRANGER}
    with FedifyPeer(origin="https://m.test", users=("fred", "gina"), host_map=ways) as peer:
        domain.stranger_port = peer.port
        yield peer
