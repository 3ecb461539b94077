"""Tests that need a program of the system: skipped where it is missing, except in CI, where that is a failure."""

from __future__ import annotations

import os
import shutil

import pytest


def needs_program(name: str) -> str:
    """The path of the program `name`; where it is missing the calling test or fixture is skipped, in CI it fails."""
    path = shutil.which(name)
    _require(path is not None, f"the program {name}")
    return path or ""


def needs_root() -> None:
    """Likewise for tests that change users, mounts or capabilities."""
    _require(os.geteuid() == 0, "root")


def _require(there: bool, what: str) -> None:
    if there:
        return
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"needs {what}")
