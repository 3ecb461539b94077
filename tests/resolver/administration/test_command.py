"""`archypix resolver token`: beside a running Resolver and without one, alone on a line, and kept as a hash."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from tests.rig.server import Server, archypix

WORDS = "archypix resolver token NAME"


def administers(url: str, token: str) -> int:
    answer = requests.get(f"{url}/api/v1/admin/tokens", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    return answer.status_code


@pytest.mark.long
def test_tokens_are_made_with_and_without_a_running_resolver(tmp_path: Path) -> None:
    env = {"ARCHYPIX_DOMAIN": "d.test", "ARCHYPIX_FEDERATION_ALLOW_LOOPBACK": "1"}
    resolver = Server(tmp_path, env=env, word="resolver").start(within=120)
    try:
        made = archypix("resolver", "token", "first", data=tmp_path, env=env)
        assert made.returncode == 0, made.stderr
        (first,) = made.stdout.splitlines()
        assert administers(resolver.url, first) == 200
        assert any(WORDS in line for line in resolver.log)
        assert administers(resolver.url, first + "x") == 401
        resolver.stop()

        made = archypix("resolver", "token", "second", data=tmp_path, env=env)
        assert made.returncode == 0, made.stderr
        (second,) = made.stdout.splitlines()
        assert second != first
        resolver.log.clear()
        resolver.start(within=120)
        assert administers(resolver.url, first) == administers(resolver.url, second) == 200
        assert not any(WORDS in line for line in resolver.log)
    finally:
        resolver.kill()


@pytest.mark.parametrize("words", [["tokens", "a"], ["token", "a\nb"]])
def test_a_token_needs_a_name(tmp_path: Path, domain_url: str, redis_url: str, words: list[str]) -> None:
    env = {"ARCHYPIX_DATABASE_URL": domain_url, "ARCHYPIX_REDIS_URL": redis_url}
    refused = archypix("resolver", *words, data=tmp_path, env=env)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith("archypix: ")
