"""`archypix token …`: create, list and revoke API tokens, with or without a running server."""

from __future__ import annotations

import argparse
import asyncio

from archypix.accounts.models import COMMAND_LINE, SCOPES
from archypix.commands.people import Tools, account_tools, print_table, subcommand
from archypix.core.clock import rfc3339
from archypix.core.ids import parse_id
from archypix.core.settings import Settings

SETTINGS: tuple[str, ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `archypix token` and their options."""
    commands = parser.add_subparsers(metavar="WORD", required=True)
    create = subcommand(commands, "create", "make a token and print it, alone on one line")
    create.set_defaults(act=_create)
    create.add_argument("name", metavar="NAME", help="whose token")
    create.add_argument(
        "--scope", action="extend", nargs="+", metavar="S",
        help=f"what it may do (default: everything the account may): {', '.join(sorted(SCOPES))}",
    )  # fmt: skip
    create.add_argument("--label", metavar="T", default="command line", help="what lists call it")
    create.add_argument("--days", type=int, metavar="N", help="days until it expires (default: never)")
    listing = subcommand(commands, "list", "list an account's tokens, without their secrets")
    listing.set_defaults(act=_list)
    listing.add_argument("name", metavar="NAME", help="whose tokens")
    revoke = subcommand(commands, "revoke", "revoke a token")
    revoke.set_defaults(act=_revoke)
    revoke.add_argument("name", metavar="NAME", help="whose token")
    revoke.add_argument("id", metavar="ID", help="the token's id, as listed")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the words say; 0 when it is done."""
    return asyncio.run(_run(arguments, settings))


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    async with account_tools(settings) as tools:
        return int(await arguments.act(tools, arguments))


async def _create(tools: Tools, arguments: argparse.Namespace) -> int:
    _, secret = await tools.tokens.create_for(
        COMMAND_LINE, arguments.name, name=arguments.label, scopes=arguments.scope, days=arguments.days
    )
    print(secret)
    return 0


async def _list(tools: Tools, arguments: argparse.Namespace) -> int:
    rows = [["ID", "LABEL", "MADE", "LAST USED", "EXPIRES", "SCOPES"]]
    for token in await tools.tokens.tokens_of(arguments.name):
        rows.append(
            [
                str(token.id),
                token.name,
                rfc3339(token.created_at),
                rfc3339(token.last_used_at) if token.last_used_at else "never",
                rfc3339(token.expires_at) if token.expires_at else "never",
                " ".join(sorted(token.scopes)),
            ]
        )
    print_table(rows)
    return 0


async def _revoke(tools: Tools, arguments: argparse.Namespace) -> int:
    await tools.tokens.revoke_of(COMMAND_LINE, arguments.name, parse_id(arguments.id, "token"))
    print("revoked")
    return 0
