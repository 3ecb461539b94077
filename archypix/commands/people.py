"""What the commands about accounts and tokens share: services on the right database, passwords from a person."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from archypix.accounts.administration import AdministrationService
from archypix.accounts.passwords import Passwords
from archypix.accounts.tokens import TokenService
from archypix.copies.following import CopiesOfAccounts
from archypix.core.database import Database, migrate
from archypix.core.errors import Invalid
from archypix.core.runtime.datadir import DataDir
from archypix.core.runtime.services import services
from archypix.core.secrets import master_secret
from archypix.core.settings import Settings
from archypix.links.following import LinksOfAccounts
from federation.account_followers import account_followers
from federation.domain.names import LocalNames
from federation.domain.rooms import registry

LONGEST_INPUT = 16_384


@dataclass(frozen=True, slots=True)
class Tools:
    """Services that act with the rights of whoever runs the command."""

    administration: AdministrationService
    tokens: TokenService


@asynccontextmanager
async def account_tools(settings: Settings) -> AsyncIterator[Tools]:
    """The services, on a migrated database that runs until the block ends, with or without a server beside."""
    async with services(settings) as endpoints:
        await migrate(endpoints.database_url)
        database = await Database.open(endpoints.database_url, size=2)
        passwords = Passwords()
        try:
            names = LocalNames(database, endpoints.database_url)
            await names.load()
            data = await asyncio.to_thread(DataDir.open, settings.data)
            master = await master_secret(settings, data, database)
            async with registry(settings, database, master, names) as known:
                administration = AdministrationService(
                    database,
                    passwords,
                    default_quota=settings.default_quota,
                    followers=[*account_followers(settings, database, names), LinksOfAccounts(), CopiesOfAccounts()],
                    registry=known,
                )
                yield Tools(administration, TokenService(database))
        finally:
            passwords.close()
            await database.close()


def subcommand(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str
) -> argparse.ArgumentParser:
    """The parser of one word below a command; it takes `--data` wherever it stands on the line."""
    parser = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    parser.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="data directory")
    return parser


def read_password(*, from_stdin: bool) -> str | None:
    """The first line of standard input, or what is typed twice on a terminal; None where there is neither."""
    if from_stdin:
        line = sys.stdin.readline(LONGEST_INPUT).removesuffix("\n").removesuffix("\r")
        if not line:
            raise Invalid("Standard input holds no password.")
        return line
    if not sys.stdin.isatty():
        return None
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise Invalid("The two passwords differ.")
    return password


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Rows with their columns aligned; the first row is the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
