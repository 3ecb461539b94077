"""Guests: people without an account, who have an address and a browser, or less."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from tests.federation.pages.browser import Page
from tests.uploads.site import Answer, Person, Site

ACCEPT = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PICTURE = re.compile(r'href="(/l/[^"]+/p/([0-9a-f-]{36}))"')


@dataclass
class Guest:
    """A browser that follows nothing by itself, and keeps the cookies of links."""

    site: Site
    url: str
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def secret(self) -> str:
        return self.path.rpartition("/")[2]

    async def call(self, method: str, path: str = "", **keywords: Any) -> Answer:
        """A request to the link's address and what is below, or to another path of the server, or an address."""
        headers = {**ACCEPT, **keywords.pop("headers", {})}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if path.startswith("http"):
            url = path
        else:
            url = self.site.url + (path if path.startswith(("/l/", "/files/", "/links")) else self.path + path)
        async with self.site.client.request(
            method, url, headers=headers, allow_redirects=False, **keywords
        ) as response:
            for name, morsel in response.cookies.items():
                self.cookies[name] = morsel.value
            return Answer(response.status, response.headers.copy(), await response.read())

    async def page(self, path: str = "", *, status: int = 200) -> Page:
        """A page that is answered with `status`, taken apart."""
        answer = await self.call("GET", path)
        assert answer.status == status, (answer.status, answer.body)
        return Page(answer.body.decode())

    async def shown(self, path: str = "") -> list[str]:
        """The ids of the pictures on a page of the link."""
        answer = await self.call("GET", path)
        assert answer.status == 200, (answer.status, answer.body)
        return [match[1] for match in PICTURE.findall(answer.body.decode())]

    async def unlock(self, password: str) -> Answer:
        """Send the password."""
        return await self.call("POST", data={"password": password})

    async def send(
        self, *files: tuple[str, bytes], guest: str | None = "Oma Änne", headers: dict[str, str] | None = None
    ) -> Answer:
        """Send files by the form."""
        form = aiohttp.FormData(quote_fields=False)
        if guest is not None:
            form.add_field("guest", guest)
        for name, content in files:
            form.add_field("files", content, filename=name, content_type="application/octet-stream")
        return await self.call("POST", "/upload", data=form, headers=headers or {})


async def make_link(person: Person, tag: str, **fields: Any) -> tuple[str, Guest]:
    """A new link of `person`: its id, and a guest who has the address."""
    made = await person.send("POST", "/links", {"tag": tag, **fields}, status=201)
    url = made["url"]
    return made["id"], Guest(person.site, url)


async def add(person: Person, content: bytes, *tags: str, name: str = "a.jpg") -> str:
    """A picture of `person` with these tags."""
    answer = await person.upload(content, name, tags=json.dumps(list(tags)))
    assert answer.status in (200, 201), answer.body
    identifier: str = answer.json["id"]
    return identifier
