"""Keys that a run's processes share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from federation.signatures.keys import public_pem
from tests.rig import keyring


def test_all_are_given_out_before_any_is_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "COUNT", 4)
    ring = keyring.Ring(tmp_path / "keys")
    with ThreadPoolExecutor(4) as threads:
        first = [public_pem(key) for key in threads.map(lambda _: ring.take(), range(4))]
    assert len(set(first)) == 4
    again = [public_pem(ring.take()) for _ in range(8)]
    assert again[:4] == again[4:]
    assert set(again) == set(first)
