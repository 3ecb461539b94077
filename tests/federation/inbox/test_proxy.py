"""Messages that come through a proxy which names its own host."""

from __future__ import annotations

from pathlib import Path

import pytest

from federation.signatures.models import Kind
from tests.federation.inbox.letters import Letter
from tests.federation.inbox.town import open_town


def _through_proxy(letter: Letter) -> None:
    letter.set("Host", "inside:1234")
    letter.headers.append(("X-Forwarded-Host", "a.test"))


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("trusted", "status"), [("127.0.0.1", 202), ("10.0.0.1", 400)])
async def test_only_a_trusted_proxy_says_which_host_was_meant(
    database_url: str, redis_url: str, tmp_path: Path, kind: Kind, trusted: str, status: int
) -> None:
    async with open_town(database_url, redis_url, tmp_path / "data", trusted_proxies=trusted) as town:
        bob = town.persona("https://b.test/users/bob")
        assert (await town.post(town.letter(bob, kind, after=[_through_proxy]))).status == status
