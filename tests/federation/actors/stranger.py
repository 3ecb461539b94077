"""Somebody without an account who asks for documents, as other servers do."""

from __future__ import annotations

from typing import Any

from tests.uploads.site import Answer, Site

ACTIVITY = "application/activity+json"
BASE = "https://a.test"


async def remote_row(site: Site, uri: str) -> int:
    """The row of somebody elsewhere, whom nobody has to fetch."""
    async with site.database.transaction() as connection:
        row: int = await connection.fetchval(
            "INSERT INTO remote_actors (uri, host, handle, claimed, type, username, url, inbox)"
            " VALUES ($1, split_part($1, '/', 3), $1, $1, 'Person', 'u', $1, $1 || '/inbox') RETURNING id",
            uri,
        )
    return row


class Stranger:
    """Asks a site under its public name."""

    def __init__(self, site: Site, host: str = "a.test") -> None:
        self._site = site
        self._host = host

    async def ask(self, path: str, *, method: str = "GET", accept: str | None = ACTIVITY, **keywords: Any) -> Answer:
        """The answer to a request; `path` may be an address below the base. Redirects are not followed."""
        headers = {"Host": self._host} | ({"Accept": accept} if accept else {}) | keywords.pop("headers", {})
        url = self._site.url + path.removeprefix(BASE)
        async with self._site.client.request(
            method, url, headers=headers, allow_redirects=False, **keywords
        ) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **keywords: Any) -> Any:
        """The JSON of a GET that succeeds."""
        answer = await self.ask(path, **keywords)
        assert answer.status == 200, (answer.status, answer.body)
        return answer.json

    async def webfinger(self, resource: str, **more: Any) -> Answer:
        """The answer of WebFinger."""
        return await self.ask("/.well-known/webfinger", params={"resource": resource} | more, accept=None)
