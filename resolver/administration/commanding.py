"""What the command line does for administrators: a token, made beside a running Resolver or without one."""

from __future__ import annotations

from archypix.core.database import Database, migrate
from archypix.core.runtime.services import services
from archypix.core.settings import Settings
from resolver.administration.tokens import AdministratorTokens
from resolver.audit import COMMAND_LINE

CONNECTIONS = 2
MIGRATIONS = "resolver"


async def make_token(settings: Settings, name: str) -> str:
    """The secret of a new token called `name`. `Invalid`, `Conflict`, `StartupError`."""
    async with services(settings) as endpoints:
        await migrate(endpoints.database_url, MIGRATIONS)
        database = await Database.open(endpoints.database_url, size=CONNECTIONS)
        try:
            _, secret = await AdministratorTokens(database).make(COMMAND_LINE, name)
        finally:
            await database.close()
    return secret


async def first_words(database: Database) -> str | None:
    """What whoever starts a Resolver should do that nobody can administer yet; None where somebody can."""
    if await AdministratorTokens(database).any():
        return None
    return "nobody can administer this domain yet; make a token: archypix resolver token NAME"
