"""A server with people whose libraries are drives."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.rig.server import Server, User, running
from tests.webdav.people import People, people_of


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server without workers: drives show what came in at once."""
    with running(tmp_path_factory.mktemp("drives"), arguments=("--no-workers",)) as server:
        yield server


@pytest.fixture(scope="session")
def people(server: Server) -> People:
    """Makes people on that server."""
    return people_of(server)


@pytest.fixture
def new_user(people: People) -> Callable[[], User]:
    """Makes somebody with a library of their own."""
    return people.make


@pytest.fixture
def user(new_user: Callable[[], User]) -> User:
    """Somebody for one test."""
    return new_user()
