"""A server that was set back to a backup, among servers that remember more than it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.backup.test_backup import require_whole
from tests.e2e.sharing.acts import can_fetch, comes_to_see, put, share
from tests.rig.server import archypix
from tests.rig.trio import STARTS_WITHIN, Trio

PACE = "0.02"


@pytest.mark.long
def test_shares_go_on_after_a_restore(tmp_path: Path) -> None:
    trio = Trio(tmp_path, federation_time_scale=PACE)
    try:
        trio.restart("a", "b")
        alice, bob = trio.person("a", "alice"), trio.person("b", "bob")
        put(alice, "one.jpg", "two.jpg")
        share(alice, bob)
        comes_to_see(bob, "one.jpg", "two.jpg")
        old, saved = trio.servers["a"], tmp_path / "saved"
        made = archypix("backup", str(saved), data=old.data, env=old.env)
        assert made.returncode == 0, made.stdout + made.stderr
        for name in ("lost-1.jpg", "lost-2.jpg", "lost-3.jpg"):
            put(alice, name)
        comes_to_see(bob, "one.jpg", "two.jpg", "lost-1.jpg", "lost-2.jpg", "lost-3.jpg")
        trio.kill("a")
        back = tmp_path / "back"
        done = archypix("restore", str(saved), data=back, env=old.env)
        assert done.returncode == 0, done.stdout + done.stderr
        old.data = back
        old.start(within=STARTS_WITHIN)
        again = trio.sign_in("a", "alice")
        put(again, "new.jpg")
        # What was added since the backup is nobody's any more, and what is added now is heard at once.
        seen = comes_to_see(bob, "one.jpg", "two.jpg", "new.jpg")
        assert can_fetch(bob, seen["new.jpg"]["id"])
    finally:
        trio.stop()
    require_whole(back)
