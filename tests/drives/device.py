"""A program on a device, over WebDAV."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from yarl import URL

from tests.uploads.site import Answer, Person, Site


@dataclass
class Client:
    """A program on a device."""

    site: Site
    authorization: str
    url: str
    id: int
    tokens: str

    async def ask(self, method: str, name: str = "", *, slug: str = "library", **keywords: Any) -> Answer:
        """What comes back of a request for a path in a drive, sent as it is written."""
        url = URL(f"{self.site.url}/webdav/{slug}/{name}", encoded=True)
        headers = {"Authorization": self.authorization} | keywords.pop("headers", {})
        async with self.site.client.request(method, url, headers=headers, allow_redirects=False, **keywords) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def until_refused(self, method: str, names: list[str], **keywords: Any) -> tuple[int, Answer]:
        """How many of these were done, and the first answer that says no; the rest are refused too."""
        answers = [await self.ask(method, name, **keywords) for name in names]
        done = [answer.status < 300 for answer in answers].index(False)
        assert {answer.status for answer in answers[done:]} == {403}
        return done, answers[done]


async def client(person: Person, name: str = "Laptop", **wishes: Any) -> Client:
    """A device with a token for the person's default hierarchy."""
    (hierarchy,) = [one for one in (await person.get("/hierarchies"))["items"] if one["slug"] == "library"]
    tokens = f"/hierarchies/{hierarchy['id']}/tokens"
    made = await person.send("POST", tokens, {"name": name} | wishes, status=201)
    authorization = "Basic " + b64encode(f"{made['username']}:{made['token']}".encode()).decode()
    return Client(person.site, authorization, made["url"], made["id"], tokens)
