"""A media worker played by a test: it calls what workers call, and reports what the test wants."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.uploads.site import Answer, Site

WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8 "


class Hand:
    """One worker by its name."""

    def __init__(self, site: Site, name: str = "hand", secret: str | None = None) -> None:
        self._site = site
        self.name = name
        self._secret = site.secret if secret is None else secret

    async def call(self, path: str, body: dict[str, Any]) -> Answer:
        headers = {"Authorization": f"Bearer {self._secret}"}
        url = f"{self._site.url}/internal/v1{path}"
        async with self._site.client.post(url, json={"worker": self.name} | body, headers=headers) as response:
            return Answer(response.status, response.headers, await response.read())

    async def claim(self, limit: int = 1, wait: float = 0) -> list[dict[str, Any]]:
        answer = await self.call("/jobs/claim", {"limit": limit, "wait": wait})
        assert answer.status == 200, answer.body
        jobs: list[dict[str, Any]] = answer.json["jobs"]
        return jobs

    async def one(self) -> dict[str, Any]:
        (job,) = await self.claim()
        return job

    async def put_thumbnails(self, job: dict[str, Any]) -> None:
        for url in job["thumbnails"].values():
            async with self._site.client.put(self._site.url + url, data=WEBP) as response:
                assert response.status in (200, 201, 204), await response.text()

    async def complete(self, job: dict[str, Any], *, claim: int = 0, **facts: Any) -> Answer:
        body = {"token": job["token"], "blob": job["blob"], "report": report(**facts), "claim": claim}
        return await self.call(f"/jobs/{job['id']}/complete", body)

    async def fail(self, job: dict[str, Any], error: str = "no luck", **how: Any) -> Answer:
        return await self.call(
            f"/jobs/{job['id']}/fail", {"token": job["token"], "blob": job["blob"], "error": error} | how
        )


def report(**facts: Any) -> dict[str, Any]:
    """A report as a decoder would give it of an ordinary photograph."""
    usual = {
        "media_type": "image/jpeg",
        "kind": "image",
        "content_hash": uuid4().hex * 2,
        "width": 4000,
        "height": 3000,
        "orientation": 1,
        "blurhash": "LSAB@rY5XkXl;oS0XSbux#adn,f5",
        "captured_at": "2020-07-07T02:19:44.848000",
        "utc_offset": 600,
        "date_source": "exif",
        "camera_make": "Canon",
        "metadata": {"Exif.Image.Make": "Canon"},
        "thumbnails": ["small", "medium", "large"],
    }
    return usual | facts
