"""Statements on some pictures among many, planned once a session, perhaps while the tables are empty."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from archypix.core.database import Connection

OTHER_WAYS = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material")


@asynccontextmanager
async def by_keys(connection: Connection) -> AsyncIterator[None]:
    """Inside, the planner is left no other way to a table than its key, however small it finds the table.

    In a transaction that fails, the settings are undone with it.
    """
    await connection.execute("; ".join(f"SET LOCAL {name} = off" for name in OTHER_WAYS))
    yield
    await connection.execute("; ".join(f"SET LOCAL {name} = on" for name in OTHER_WAYS))
