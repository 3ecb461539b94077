"""One backend behind a played Resolver, for all that does not stop it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from tests.federation.domain.played import Backend, backend


@pytest.fixture(scope="package")
def here(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Backend]:
    """The backend, admitted."""
    with backend(tmp_path_factory.mktemp("backend"), postgres_url, registration="invite") as made:
        yield made


@pytest.fixture(scope="package")
def admin(here: Backend) -> requests.Session:
    """Who runs it."""
    return here.administrator()


@pytest.fixture(autouse=True)
def _fair(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test had the Resolver say, it is well disposed afterwards."""
    yield
    if "here" in request.fixturenames:
        played = request.getfixturevalue("here").played
        played.state = "admitted"
        played.away.clear()
        played.claimed = lambda _: None
