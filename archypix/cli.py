"""The command line: parses the first word, then loads only the module of that command."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from types import ModuleType

from archypix import __version__
from archypix.core.errors import ArchypixError
from archypix.core.settings import load_settings

# Modules are loaded by name so that `archypix user create` need not pay for what only the server uses.
COMMANDS = {
    "serve": ("archypix.commands.serve", "start the server, the embedded services and the workers"),
    "resolver": ("archypix.commands.resolver", "start the Resolver of a domain that several servers share"),
    "worker": ("archypix.commands.worker", "run one media worker"),
    "user": ("archypix.commands.user", "create, list and change accounts"),
    "token": ("archypix.commands.token", "create, list and revoke API tokens"),
    "import": ("archypix.commands.importing", "put a folder of pictures into a library"),
    "export": ("archypix.commands.exporting", "write everything of one person into a folder"),
    "backup": ("archypix.commands.backup", "copy database, files and secrets into a folder"),
    "restore": ("archypix.commands.restore", "put a backup back onto an empty machine"),
    "doctor": ("archypix.commands.doctor", "check that database and storage agree"),
    "demo": ("archypix.commands.demo", "show three servers that share pictures, on this machine"),
    "storage": ("archypix.commands.storage", "move the files between local storage and S3"),
}


def overview() -> str:
    """What `archypix --help` prints."""
    width = max(map(len, COMMANDS))
    lines = [f"  {name:{width}}  {summary}" for name, (_, summary) in COMMANDS.items()]
    return "\n".join(["usage: archypix COMMAND [OPTIONS]", "", *lines, "", "archypix COMMAND --help says more."])


def command(word: str) -> tuple[ModuleType, argparse.ArgumentParser]:
    """The module of one of `COMMANDS`, and what reads the words after it."""
    module_name, summary = COMMANDS[word]
    module = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(prog=f"archypix {word}", description=summary[0].upper() + summary[1:] + ".")
    parser.add_argument("--data", metavar="DIR", help="data directory (default: $ARCHYPIX_DATA, or ./data)")
    module.add_arguments(parser)
    return module, parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status: 0 done, 1 something failed, 2 called wrongly."""
    words = list(sys.argv[1:] if argv is None else argv)
    if not words or words[0] in ("-h", "--help"):
        print(overview())
        return 0 if words else 2
    if words[0] == "--version":
        print(f"archypix {__version__}")
        return 0
    if words[0] not in COMMANDS:
        print(f"archypix: there is no command {words[0]!r}\n\n{overview()}", file=sys.stderr)
        return 2
    module, parser = command(words[0])
    arguments = parser.parse_args(words[1:])
    given = {name: getattr(arguments, name, None) for name in ("data", *getattr(module, "SETTINGS", ()))}
    try:
        return int(module.run(arguments, load_settings(**given)))
    except ArchypixError as error:
        print(f"archypix: {error.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("archypix: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
