"""A domain of three backends, and one to come, beside an independent server; alice, bob and carol are new for each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.domain import Domain, shared_domain
from tests.rig.trio import Person

# Back-off of seconds instead of minutes.
PACE = "0.02"


@pytest.fixture(scope="package")
def domain(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Domain]:
    """The servers, with a worker each."""
    folder = tmp_path_factory.mktemp("domain")
    with shared_domain(
        folder, postgres_url, backends=3, spare=1, resolver={"registration": "open"}, federation_time_scale=PACE
    ) as made:
        yield made


@pytest.fixture(autouse=True)
def _fair(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a story did to the network or to a server, the next begins with all well."""
    yield
    if "domain" in request.fixturenames:
        domain: Domain = request.getfixturevalue("domain")
        domain.network.join()
        domain.restart(*(name for name in domain.running if not domain.servers[name].runs))


@pytest.fixture
def people(domain: Domain) -> tuple[Person, Person, Person]:
    """Alice on the first backend, bob on the second, carol elsewhere."""
    return domain.people()
