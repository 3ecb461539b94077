"""Where secrets may lie about: logs, databases, caches and files of servers, read as a thief would read them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from pathlib import Path

import asyncpg
import redis

from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.postgres import database_url
from archypix.core.runtime.valkey import cache_url
from tests.rig.server import Server


def everything(server: Server) -> bytes:
    """All that lies in a server's database, cache and data directory."""
    data = DataDir(server.data)
    parts = [asyncio.run(_dump(data)), *_cached(data), *_files(server.data)]
    return b"\n".join(parts)


async def _dump(data: DataDir) -> bytes:
    """Every row of every table as text."""
    connection = await asyncpg.connect(database_url(data))
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = []
        for table in tables:
            rows += await connection.fetch(f'SELECT t::text FROM "{table["tablename"]}" t')
        return "\n".join(row[0] for row in rows).encode()
    finally:
        await connection.close()


def _cached(data: DataDir) -> Iterator[bytes]:
    with redis.Redis.from_url(cache_url(data)) as client:
        for key in client.scan_iter():
            yield key
            kind = client.type(key)
            if kind == b"string":
                yield client.get(key) or b""
            elif kind == b"hash":
                yield repr(client.hgetall(key)).encode()
            elif kind == b"zset":
                yield repr(client.zrange(key, 0, -1)).encode()
            elif kind == b"set":
                yield repr(client.smembers(key)).encode()
            elif kind == b"list":
                yield repr(client.lrange(key, 0, -1)).encode()


def _files(root: Path) -> Iterator[bytes]:
    """Files as they lie there, those of the database too: what is packed in them, the rows above have."""
    for path in root.rglob("*"):
        try:
            if path.is_file():
                yield path.read_bytes()
        except OSError:
            continue


def found(secrets: Iterable[str], text: bytes) -> list[str]:
    """Those of which half can be read in `text`, as it is or in hexadecimal."""
    parts = {one: one[: len(one) // 2].encode() for one in secrets}
    return [one for one, part in parts.items() if part in text or part.hex().encode() in text]
