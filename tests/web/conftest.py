"""A browser, a server for each test process, and people on it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Generator, Iterator
from contextlib import AsyncExitStack
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.programs import needs_program
from tests.rig.server import Server, User
from tests.web.visitor import Visit, enter
from tests.webdav.people import PASSWORD, People, people_of

# On a slow machine much may take longer than five seconds; who waits for what comes does not wait longer for it.
expect.set_options(timeout=60_000)
_failed = pytest.StashKey[bool]()


class Browse(Protocol):
    """`await browse(person, size=PHONE, dark=True)`: a page of the application, signed in; None: of a stranger.

    `at="/rules"`: they sign in by themselves, and stand there then.
    """

    def __call__(self, person: User | None = None, **options: Any) -> Awaitable[Visit]: ...


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium without a window."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=needs_program("chromium"), args=["--no-sandbox"])
        yield chromium
        await chromium.close()


@pytest.fixture(scope="session")
def site_env() -> dict[str, str]:
    """What servers of these tests are told: the build that is tried, where it is another."""
    return {name: os.environ[name] for name in ("ARCHYPIX_WEB_DIST",) if name in os.environ}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, site_env: dict[str, str]) -> Iterator[Server]:
    """A server that tests share; each makes people of its own."""
    server = Server(tmp_path_factory.mktemp("site") / "data", env=site_env, arguments=("--workers", "1")).start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def people(site: Server) -> People:
    return people_of(site)


@pytest.fixture
def person(people: People) -> User:
    """Somebody new, with an empty library."""
    return people.make()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note on a test that it failed, for what comes after it."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


@pytest_asyncio.fixture(loop_scope="session")
async def browse(browser: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Browse]:
    """Makes visits; at the end of the test each of them must have been sound."""
    async with AsyncExitStack() as stack:
        visits: list[Visit] = []

        async def made(
            person: User | None = None, *, server: Server | None = None, at: str | None = None, **options: Any
        ) -> Visit:
            where = server or (person.server if person else None)
            assert where is not None, "whose server?"
            visit = await enter(browser, where, person.name if person and at is None else None, PASSWORD, **options)
            stack.push_async_callback(visit.context.close)
            visits.append(visit)
            if person and at is not None:
                await visit.sign_in(person.name, at)
            return visit

        yield made
        if request.node.stash[_failed]:
            for visit in visits:
                print(f"{visit.page.url}\n{visit.told()}")
        for visit in visits:
            await visit.sound()
