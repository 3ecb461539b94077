"""`doctor` sees what a restore done by other means can break: numbers, triggers, keys of tables, keys of actors."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg

from federation.actors.keys import KeySafe
from tests.backup.test_elsewhere import stock
from tests.rig.server import archypix

BREAKS = """
    SELECT setval('accounts_id_seq', 1, false);
    ALTER TABLE pictures DISABLE TRIGGER USER;
    ALTER TABLE jobs DROP CONSTRAINT jobs_blob_id_fkey,
        ADD CONSTRAINT jobs_blob_id_fkey FOREIGN KEY (blob_id) REFERENCES blobs NOT VALID;
"""


async def test_what_a_restore_can_break(database_url: str, redis_url: str, tmp_path: Path) -> None:
    env = {"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_REDIS_URL": redis_url}
    stock(tmp_path / "one", env)
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute(BREAKS)
        actor = await connection.fetchval(
            "INSERT INTO actors (kind, name, uri) VALUES ('instance', 'a.test', 'https://a.test/actor') RETURNING id"
        )
        sealed = KeySafe(b"of another server").seal(actor, "ed25519", b"a key")
        await connection.execute(
            "INSERT INTO actor_keys (actor_id, kind, public, sealed) VALUES ($1, 'ed25519', 'p', $2)", actor, sealed
        )
    finally:
        await connection.close()
    done = archypix("doctor", "--json", data=tmp_path / "one", env=env)
    assert done.returncode == 1, done.stderr
    found = {each["kind"] for each in json.loads(done.stdout)["findings"]}
    assert found == {
        "a sequence that is behind its table",
        "a trigger that is switched off",
        "an index or a key that does not hold",
        "a key that the secret of this server does not open",
    }
