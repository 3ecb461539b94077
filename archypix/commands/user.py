"""`archypix user …`: create, list and change accounts, with or without a running server."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Awaitable, Callable

from archypix.accounts.administration import Changes
from archypix.accounts.models import COMMAND_LINE
from archypix.commands.people import Tools, account_tools, print_table, read_password, subcommand
from archypix.core.errors import Invalid
from archypix.core.settings import Settings

SETTINGS: tuple[str, ...] = ()
PAGE = 500
SIZE = re.compile(r"(\d{1,18})\s*([kKMGT]?)(i?)B?", re.ASCII)
POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}
MOST_BYTES = 1 << 62


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The words after `archypix user` and their options."""
    commands = parser.add_subparsers(metavar="WORD", required=True)

    def word(name: str, summary: str, act: Callable[[Tools, argparse.Namespace], Awaitable[int]]) -> None:
        found = subcommand(commands, name, summary)
        found.set_defaults(act=act)
        if name != "list":
            found.add_argument("name", metavar="NAME", help="the part of the handle before the domain")
        if name in ("create", "password"):
            found.add_argument("--password-stdin", action="store_true", help="read the password from standard input")

    word("create", "make an account", _create)
    word("list", "list the accounts with what they store", _list)
    word("disable", "end the account's sessions and refuse it until it is enabled", _disable)
    word("enable", "let a disabled account in again", _enable)
    word("promote", "make the account administrator", _promote)
    word("demote", "make the account an ordinary one", _demote)
    word("password", "set the account's password and end its sessions", _password)
    word("quota", "limit what the account may store", _quota)
    word("delete", "end the account for good; its name is never given again", _delete)
    create, password, quota, delete = (commands.choices[name] for name in ("create", "password", "quota", "delete"))
    create.add_argument("--admin", action="store_true", help="make it an administrator")
    create.add_argument("--display-name", metavar="T", default="", help="the name that others see")
    create.add_argument("--no-password", action="store_true", help="do not ask for one: only tokens open the account")
    password.add_argument("--revoke-tokens", action="store_true", help="revoke its API tokens too")
    quota.add_argument("quota", metavar="SIZE", help="such as 500MB, 20GB or 20GiB; `none` lifts the limit")
    delete.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Do what the words say; 0 when it is done."""
    prepare = PREPARATIONS.get(arguments.act)
    if prepare is not None and not prepare(arguments):
        return 1
    return asyncio.run(_run(arguments, settings))


async def _run(arguments: argparse.Namespace, settings: Settings) -> int:
    async with account_tools(settings) as tools:
        return int(await arguments.act(tools, arguments))


def _ask_for_password(arguments: argparse.Namespace) -> bool:
    """Ask before anything is started, so that nobody waits for a person."""
    wanted = not getattr(arguments, "no_password", False)
    arguments.password = read_password(from_stdin=arguments.password_stdin) if wanted else None
    if arguments.password is None and arguments.act is _password:
        raise Invalid("There is no terminal to ask on: give the password with --password-stdin.")
    return True


def _read_quota(arguments: argparse.Namespace) -> bool:
    arguments.bytes = None if arguments.quota == "none" else _bytes(arguments.quota)
    return True


def _ask_whether_to_delete(arguments: argparse.Namespace) -> bool:
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise Invalid("There is no terminal to ask on: add --yes if the account is to be deleted.")
    name: str = arguments.name
    return input(f"Type the name again to delete {name}: ").strip() == name


async def _create(tools: Tools, arguments: argparse.Namespace) -> int:
    made = await tools.administration.create(
        COMMAND_LINE,
        arguments.name,
        password=arguments.password,
        display_name=arguments.display_name,
        is_admin=arguments.admin,
    )
    print(f"created {'administrator ' if made.is_admin else ''}{made.name}")
    if not made.has_password:
        print(
            f"The account has no password: make a token with `archypix token create {made.name}`,"
            f" or set a password with `archypix user password {made.name}`.",
            file=sys.stderr,
        )
    return 0


async def _list(tools: Tools, _: argparse.Namespace) -> int:
    rows = [["NAME", "SHOWN AS", "KIND", "STATE", "PICTURES", "BYTES", "QUOTA"]]
    after = 0
    while page := await tools.administration.accounts(after=after, limit=PAGE):
        for account, usage in page:
            rows.append(
                [
                    account.name,
                    account.display_name,
                    "administrator" if account.is_admin else "person",
                    "disabled" if account.disabled_at else "active",
                    str(usage.pictures),
                    str(usage.used),
                    "none" if usage.quota is None else str(usage.quota),
                ]
            )
        after = page[-1][0].id
    print_table(rows)
    return 0


async def _change(tools: Tools, arguments: argparse.Namespace, changes: Changes, said: str) -> int:
    account, _ = await tools.administration.change(COMMAND_LINE, arguments.name, changes)
    print(f"{account.name} {said}")
    return 0


async def _disable(tools: Tools, arguments: argparse.Namespace) -> int:
    return await _change(tools, arguments, Changes(disabled=True), "is disabled")


async def _enable(tools: Tools, arguments: argparse.Namespace) -> int:
    return await _change(tools, arguments, Changes(disabled=False), "is enabled")


async def _promote(tools: Tools, arguments: argparse.Namespace) -> int:
    return await _change(tools, arguments, Changes(is_admin=True), "is an administrator")


async def _demote(tools: Tools, arguments: argparse.Namespace) -> int:
    return await _change(tools, arguments, Changes(is_admin=False), "is an ordinary account")


async def _quota(tools: Tools, arguments: argparse.Namespace) -> int:
    if arguments.bytes is None:
        return await _change(tools, arguments, Changes(unlimited=True), "may store without limit")
    return await _change(tools, arguments, Changes(quota=arguments.bytes), f"may store {arguments.bytes} bytes")


async def _password(tools: Tools, arguments: argparse.Namespace) -> int:
    await tools.administration.reset_password(
        COMMAND_LINE, arguments.name, arguments.password, revoke_tokens=arguments.revoke_tokens
    )
    print(f"{arguments.name} has a new password")
    return 0


async def _delete(tools: Tools, arguments: argparse.Namespace) -> int:
    await tools.administration.delete(COMMAND_LINE, arguments.name)
    print(f"{arguments.name} is deleted")
    return 0


PREPARATIONS: dict[object, Callable[[argparse.Namespace], bool]] = {
    _create: _ask_for_password,
    _password: _ask_for_password,
    _quota: _read_quota,
    _delete: _ask_whether_to_delete,
}


def _bytes(text: str) -> int:
    """`20GB` (steps of 1000), `20GiB` (steps of 1024) or plain bytes as a number; `Invalid` for anything else."""
    match = SIZE.fullmatch(text.strip())
    if match is None or (match[3] and not match[2]):
        raise Invalid(f"{text[:40]} is no size: write it like 500MB, 20GB or 20GiB, or `none`.")
    value = int(match[1]) * int((1024 if match[3] else 1000) ** POWERS[match[2].upper()])
    if value > MOST_BYTES:
        raise Invalid(f"{text[:40]} is more than any disk holds: write `none` to lift the limit.")
    return value
