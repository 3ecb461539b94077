"""The package's build: when it builds the web application, with what, and what it says where it cannot."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

BACKEND = Path(__file__).parents[2] / "web" / "build_web.py"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The build backend in a small copy of the tree, whose npm is a script."""
    spec = importlib.util.spec_from_file_location("build_web_tried", BACKEND)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    web, dist = tmp_path / "web", tmp_path / "archypix" / "webapp" / "dist"
    (web / "src").mkdir(parents=True)
    (web / "public").mkdir()
    (web / "src" / "main.ts").write_text("1")
    (web / "src" / "main.test.ts").write_text("1")
    (web / "package-lock.json").write_text(json.dumps({"packages": {"": {}, "node_modules/a": {"version": "1"}}}))
    for name, value in (("WEB", web), ("DIST", dist), ("STAMP", dist / ".stamp")):
        monkeypatch.setattr(module, name, value)
    with_programs(monkeypatch, tmp_path / "bin", node="echo v22.1.0", npm=NPM.format(dist=dist))
    return module


# Notes what it is called for; building makes a page, and installing what the lock file asks for.
NPM = """
echo "$1" >> calls
if [ "$1" = run ]; then mkdir -p {dist} && echo built > {dist}/index.html; fi
if [ "$1" = ci ]; then mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json; fi
"""


def with_programs(monkeypatch: pytest.MonkeyPatch, folder: Path, **scripts: str) -> None:
    """Programs of these names are found, and no other node."""
    folder.mkdir(parents=True)
    for name, script in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{script}\n")
        (folder / name).chmod(0o755)
    for name in ("mkdir", "cp", "cat"):
        (folder / name).symlink_to(f"/bin/{name}")
    monkeypatch.setenv("PATH", str(folder))


def calls(backend: ModuleType) -> list[str]:
    file = backend.WEB / "calls"
    return file.read_text().split() if file.exists() else []


def test_it_is_built_once_and_again_when_a_source_has_changed(backend: ModuleType) -> None:
    assert backend.build_web()
    assert calls(backend) == ["ci", "run"]
    assert not backend.build_web()
    (backend.WEB / "src" / "main.test.ts").write_text("2")
    assert not backend.build_web(), "tests are no part of what is built"
    (backend.WEB / "src" / "main.ts").write_text("2")
    assert backend.build_web()
    assert calls(backend) == ["ci", "run", "run"], "what is installed is not installed again"
    (backend.WEB / "src" / "other.ts").write_text("")
    assert backend.build_web()


def test_other_dependencies_are_installed(backend: ModuleType) -> None:
    backend.build_web()
    packages = {"": {}, "node_modules/a": {"version": "2"}, "node_modules/b": {"version": "1", "optional": True}}
    (backend.WEB / "package-lock.json").write_text(json.dumps({"packages": packages}))
    backend.build_web()
    assert calls(backend) == ["ci", "run", "ci", "run"]


def test_node_is_asked_for_only_where_it_is_needed_and_missing(
    backend: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert backend.requires() == []
    with_programs(monkeypatch, tmp_path / "old", node="echo v18.20.4", npm="")
    assert backend.requires() == [backend.NODE_WHEEL]
    with_programs(monkeypatch, tmp_path / "none")
    assert backend.requires() == [backend.NODE_WHEEL]
    backend.DIST.mkdir(parents=True)
    (backend.DIST / "index.html").write_text("built")
    backend.STAMP.write_text(backend.sources_hash())
    assert backend.requires() == []
    assert not backend.build_web()


def test_without_node_it_says_what_to_do(backend: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_programs(monkeypatch, tmp_path / "none")
    with pytest.raises(SystemExit, match="needs node 20 or newer"):
        backend.build_web()
    assert not backend.STAMP.exists()


def test_a_build_that_fails_is_not_taken_for_one(
    backend: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with_programs(monkeypatch, tmp_path / "broken", node="echo v22.0.0", npm="echo no such module; exit 3")
    with pytest.raises(SystemExit, match="ended with 3"):
        backend.build_web()
    assert "no such module" in capfd.readouterr().err
    assert not backend.STAMP.exists()


def test_an_interrupted_build_is_made_again(backend: ModuleType) -> None:
    backend.build_web()
    backend.STAMP.unlink()
    assert backend.build_web()
