"""What peers need from npm and PyPI, installed once beside their sources, pinned by their lock files with hashes."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.programs import needs_program

HERE = Path(__file__).parent
FEDIFY = HERE / "fedify"
BOVINE = HERE / "bovine"
_PATIENCE = 300
_NODE_SINCE = 20


def fedify() -> Path:
    """The folder of the Fedify peer with its packages."""
    installed_npm(FEDIFY)
    return FEDIFY


def installed_npm(folder: Path) -> str:
    """Node, once the folder has the packages of its lock file. Skips (in CI: fails) the test without node and npm."""
    node, npm = needs_program("node"), needs_program("npm")
    _check_node(node)
    words = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    with _once(folder / "package-lock.json", folder / "node_modules") as missing:
        if missing:
            _run(words, folder)
    return node


def bovine() -> Path:
    """The Python of the bovine peer, which cannot share ours: it wants an older cryptography."""
    home = BOVINE / ".venv-bovine"
    python = home / "bin" / "python"
    lock = BOVINE / "requirements.lock"
    with _once(lock, home) as missing:
        if missing:
            shutil.rmtree(home, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(home)], BOVINE)
            # Most of it is never loaded, so that it need not be compiled.
            words = [str(python), "-m", "pip", "install", "-q", "--no-compile", "--require-hashes", "-r", str(lock)]
            _run(words, BOVINE)
    return python


@contextmanager
def _once(lock: Path, target: Path) -> Iterator[bool]:
    """Whether `target` has still to be made from `lock`; other processes wait meanwhile."""
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = target / ".installed"
    with (lock.parent / ".installing").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        missing = not stamp.exists() or stamp.read_text() != digest
        yield missing
        if missing:
            stamp.write_text(digest)


def _run(words: Sequence[str], folder: Path) -> None:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode != 0:
        pytest.fail(f"{' '.join(words)}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")


def _check_node(node: str) -> None:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    if int(said.lstrip("v").split(".")[0]) < _NODE_SINCE:
        pytest.fail(f"{node} is {said.strip()}, the Fedify peer needs {_NODE_SINCE} or newer")
