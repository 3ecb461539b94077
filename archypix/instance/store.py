"""SQL of what a server says of itself: one row, once somebody has said something."""

from __future__ import annotations

from archypix.core.database import Connection
from archypix.instance.models import Instance


async def current(connection: Connection) -> Instance:
    """What was said last."""
    row = await connection.fetchrow("SELECT name, description, registration FROM instance")
    return Instance(**row) if row else Instance()


async def lock(connection: Connection) -> Instance:
    """What was said last, its row made and locked against others who change it."""
    await connection.execute("INSERT INTO instance DEFAULT VALUES ON CONFLICT DO NOTHING")
    row = await connection.fetchrow("SELECT name, description, registration FROM instance FOR UPDATE")
    return Instance(**row)


async def put(connection: Connection, instance: Instance) -> None:
    """Say it; to be called under `lock`."""
    await connection.execute(
        "UPDATE instance SET name = $1, description = $2, registration = $3",
        instance.name, instance.description, instance.registration,
    )  # fmt: skip
