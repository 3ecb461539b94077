"""The administrator of a Resolver in tests: a client of its REST, with a token from its command line."""

from __future__ import annotations

from typing import Any

import requests

from tests.rig.server import Server, archypix


class Administrator(requests.Session):
    """Paths are below `/api/v1/admin` of the Resolver."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        made = archypix("resolver", "token", "rig", data=server.data, env=server.env)
        assert made.returncode == 0, made.stderr
        self.headers["Authorization"] = f"Bearer {made.stdout.strip()}"

    def request(self, method: str, url: str, **keywords: Any) -> requests.Response:  # type: ignore[override]
        """A request; `url` is a path below `/api/v1/admin`, or whole."""
        keywords.setdefault("timeout", 60)
        return super().request(method, url if "://" in url else f"{self.server.url}/api/v1/admin{url}", **keywords)

    def backends(self) -> dict[str, dict[str, Any]]:
        """All backends by their origins."""
        answer = self.get("/backends")
        assert answer.status_code == 200, answer.text
        return {item["origin"]: item for item in answer.json()["items"]}

    def admit(self, backend: dict[str, Any]) -> None:
        """Believe a backend under the key that it shows."""
        answer = self.post(f"/backends/{backend['id']}/admission", json={"fingerprint": backend["fingerprint"]})
        assert answer.status_code < 300, answer.text

    def drain(self, backend: dict[str, Any], on: bool) -> None:
        """Have it take no registrations, or again."""
        answer = self.patch(f"/backends/{backend['id']}", json={"draining": on})
        assert answer.status_code < 300, answer.text
