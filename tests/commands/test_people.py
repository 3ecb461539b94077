"""`archypix user …` and `archypix token …`, called as a person calls them."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.accounts.house import open_house
from tests.rig import commands
from tests.rig.server import environment


class Shell:
    """Runs commands on one external database."""

    def __init__(self, database_url: str, redis_url: str, data: Path) -> None:
        self._environment = environment({"ARCHYPIX_DATABASE_URL": database_url, "ARCHYPIX_REDIS_URL": redis_url})
        self._data = data

    def run(self, *words: str, stdin: str = "", status: int = 0) -> subprocess.CompletedProcess[str]:
        done = commands.run([*words, "--data", str(self._data)], env=self._environment, stdin=stdin, timeout=120)
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done

    def on_terminal(self, *words: str, typed: list[str]) -> tuple[int, str]:
        """Run with a terminal and type a line whenever something is asked; exit status and all that was shown."""
        parent, child = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "archypix.cli", *words, "--data", str(self._data)],
            env=self._environment, stdin=child, stdout=child, stderr=child, start_new_session=True,
            preexec_fn=lambda: os.close(os.open(os.ttyname(0), os.O_RDWR)),
        )  # fmt: skip
        os.close(child)
        shown = b""
        lines = iter(typed)
        try:
            while chunk := os.read(parent, 4096):
                shown += chunk
                if shown.rstrip(b" ").endswith(b":"):
                    line = next(lines, None)
                    if line is not None:
                        time.sleep(0.05)
                        os.write(parent, line.encode() + b"\n")
        except OSError:
            pass  # the terminal is gone when the command ends
        os.close(parent)
        return process.wait(timeout=120), shown.decode()


@pytest.fixture
def shell(database_url: str, redis_url: str, tmp_path: Path) -> Shell:
    return Shell(database_url, redis_url, tmp_path)


async def test_from_a_new_account_to_a_token_that_works(shell: Shell, database_url: str, redis_url: str) -> None:
    done = shell.run(
        "user", "create", "Alice", "--admin", "--password-stdin", "--display-name", "Ålice", stdin="correct horse\n"
    )
    assert done.stdout == "created administrator alice\n"
    token = shell.run("token", "create", "alice").stdout
    assert token.startswith("apx_")
    assert token.count("\n") == 1
    narrow = shell.run("token", "create", "alice", "--scope", "tags:read", "account:read", "--label", "x").stdout
    async with open_house(database_url, redis_url) as house:
        await house.visitor().sign_in("alice", "correct horse")
        program = house.visitor(token=token.strip())
        assert (await program.get("/admin/accounts/alice"))["display_name"] == "Ålice"
        state = await house.visitor(token=narrow.strip()).get("/session")
        assert state["scopes"] == ["account:read", "tags:read"]
        listed = shell.run("token", "list", "alice").stdout.splitlines()
        assert len(listed) == 3
        assert token.strip() not in "".join(listed)
        everything = next(line for line in listed if "command line" in line)
        shell.run("token", "revoke", "alice", everything.split()[0])
        await program.send("GET", "/account", status=401)


async def test_a_token_of_an_ordinary_account_lacks_the_scope_admin(
    shell: Shell, database_url: str, redis_url: str
) -> None:
    shell.run("user", "create", "bob")
    token = shell.run("token", "create", "bob").stdout.strip()
    async with open_house(database_url, redis_url) as house:
        assert "admin" not in (await house.visitor(token=token).get("/session"))["scopes"]
    done = shell.run("token", "create", "bob", "--scope", "admin", status=1)
    assert "admin" in done.stderr
    assert done.stdout == ""


def test_without_terminal_and_password_the_account_is_for_tokens_and_that_is_said(shell: Shell) -> None:
    done = shell.run("user", "create", "robot")
    assert "no password" in done.stderr
    assert "archypix token create robot" in done.stderr


def test_on_a_terminal_the_password_is_asked_for_twice_and_not_shown(shell: Shell) -> None:
    status, shown = shell.on_terminal("user", "create", "alice", typed=["correct horse", "correct horse"])
    assert status == 0, shown
    assert "created alice" in shown
    assert "correct horse" not in shown
    status, shown = shell.on_terminal("user", "create", "bob", typed=["correct horse", "another horse"])
    assert status == 1
    assert "differ" in shown
    status, shown = shell.on_terminal("user", "delete", "alice", typed=["bob"])
    assert status == 1
    status, shown = shell.on_terminal("user", "delete", "alice", typed=["alice"])
    assert status == 0


def test_what_cannot_be_done_is_said_on_one_line(shell: Shell) -> None:
    shell.run("user", "create", "alice", "--admin")
    cases: list[tuple[tuple[str, ...], str, str]] = [
        (("user", "create", "no good", "--password-stdin"), "correct horse", "A name has"),
        (("user", "create", "bob", "--password-stdin"), "short\n", "at least 8"),
        (("user", "create", "bob", "--password-stdin"), "", "no password"),
        (("user", "create", "alice"), "", "taken"),
        (("user", "demote", "alice"), "", "last administrator"),
        (("user", "disable", "alice"), "", "last administrator"),
        (("user", "delete", "alice", "--yes"), "", "last administrator"),
        (("user", "delete", "alice"), "", "--yes"),
        (("user", "password", "alice"), "", "--password-stdin"),
        (("user", "quota", "alice", "plenty"), "", "no size"),
        (("user", "quota", "nobody_so", "1GB"), "", "no account called nobody_so"),
        (("token", "create", "nobody_so"), "", "no account called nobody_so"),
        (("token", "create", "alice", "--scope", "everything"), "", "scopes"),
        (("token", "create", "alice", "--days", "0"), "", "1 to 3650 days"),
        (("token", "revoke", "alice", "x"), "", "no token"),
    ]
    for words, stdin, said in cases:
        done = shell.run(*words, stdin=stdin, status=1)
        assert said in done.stderr, words
        assert done.stderr.count("\n") == 1, words
        assert done.stdout == "", words


async def test_accounts_are_listed_and_changed(shell: Shell, database_url: str, redis_url: str) -> None:
    shell.run("user", "create", "root", "--admin")
    shell.run("user", "create", "alice", "--password-stdin", stdin="correct horse\n")
    shell.run("user", "quota", "alice", "20GiB")
    shell.run("user", "promote", "alice")
    shell.run("user", "demote", "alice")
    assert shell.run("user", "disable", "alice").stdout == "alice is disabled\n"
    rows = [line.split() for line in shell.run("user", "list").stdout.splitlines()]
    assert rows[1:] == [
        ["root", "administrator", "active", "0", "0", "none"],
        ["alice", "person", "disabled", "0", "0", str(20 << 30)],
    ]
    shell.run("user", "enable", "alice")
    shell.run("user", "password", "alice", "--password-stdin", stdin="another horse\n")
    async with open_house(database_url, redis_url) as house:
        await house.visitor().sign_in("alice", "another horse")
        entries = await house.administration.audit_log(before=None, limit=50, actor=None, action=None)
    assert "command line" in {entry.address for entry in entries}
    shell.run("user", "quota", "alice", "none")
    shell.run("user", "delete", "alice", "--yes")
    assert "alice" not in shell.run("user", "list").stdout
