"""A person of the demonstration as a client of the REST API of their own server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import aiohttp

from archypix.commands.demonstration.servers import Place
from archypix.core.errors import Unavailable

T = TypeVar("T")

# Everybody here has the same; the servers listen on this machine alone.
PASSWORD = "see it federate"  # noqa: S105
PATIENCE = 120.0
POLL = 0.2


class Person:
    """Somebody signed in at one server; `call` takes paths below `/api/v1`."""

    def __init__(self, session: aiohttp.ClientSession, place: Place, name: str) -> None:
        self._session = session
        self.place = place
        self.name = name
        self.token = ""

    @property
    def handle(self) -> str:
        return f"@{self.name}@{self.place.domain}"

    @property
    def known_as(self) -> str:
        """The handle as pictures have it."""
        return f"@{self.name}:{self.place.domain}"

    async def arrive(self) -> None:
        """Become the administrator of a new server, or sign in where that was done before; get a token."""
        if not await self._sign_in():
            await seen(self._has_link, f"the link to make an administrator at {self.place.domain}")
            made = {"token": self.place.setup, "name": self.name, "password": PASSWORD}
            await self._answer("POST", "/setup", {}, made)
            if not await self._sign_in():
                raise Unavailable(f"{self.handle} cannot sign in.")

    async def _has_link(self) -> bool:
        return self.place.setup is not None

    async def _sign_in(self) -> bool:
        account = {"name": self.name, "password": PASSWORD}
        async with self._session.post(f"{self.place.url}/api/v1/session", json=account) as answer:
            if answer.status != 200:
                return False
            state, cookies = await answer.json(), answer.cookies
        headers = {"X-CSRF-Token": state["csrf_token"]}
        headers["Cookie"] = "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items())
        self.token = (await self._answer("POST", "/account/tokens", headers, {"name": "demonstration"}))["token"]
        return True

    async def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer as JSON; `Unavailable` where the server refuses."""
        return await self._answer(method, path, {"Authorization": f"Bearer {self.token}"}, body)

    async def upload(self, filename: str, content: bytes, tags: list[str]) -> str:
        """Put a picture in; its id. The same again is the same picture."""
        form = aiohttp.FormData({"tags": json.dumps(tags)})
        form.add_field("file", content, filename=filename, content_type="image/jpeg")
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self._session.post(f"{self.place.url}/api/v1/pictures", data=form, headers=headers) as answer:
            return str((await _told(answer))["id"])

    async def pictures(self, **query: str) -> list[dict[str, Any]]:
        """The first page of a list."""
        words = "&".join(f"{name}={value}" for name, value in query.items())
        items: list[dict[str, Any]] = (await self.call("GET", f"/pictures?limit=200&{words}"))["items"]
        return items

    async def _answer(
        self, method: str, path: str, headers: Mapping[str, str], body: Mapping[str, Any] | None = None
    ) -> Any:
        url = f"{self.place.url}/api/v1{path}"
        async with self._session.request(method, url, json=body, headers=headers) as answer:
            return await _told(answer)


async def _told(answer: aiohttp.ClientResponse) -> Any:
    if answer.status >= 400:
        raise Unavailable(f"{answer.method} {answer.url.path}: {answer.status} {(await answer.text())[:300]}")
    return None if answer.status == 204 else await answer.json()


async def seen(look: Callable[[], Awaitable[T | None]], what: str) -> T:
    """The first true answer; `Unavailable` names what did not come in time."""
    end = time.monotonic() + PATIENCE
    while not (found := await look()):
        if time.monotonic() > end:
            raise Unavailable(f"{what} did not come within {PATIENCE:.0f} seconds.")
        await asyncio.sleep(POLL)
    return found
