"""What the web application is built of, and what comes of it: types, logic without DOM, types of the API, the size."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.programs import needs_program
from tests.rig.server import Server
from tests.web.visitor import ROOT

WEB = ROOT / "web"
# Bytes by gzip of what a browser loads before the first pictures.
BUDGET = {".js": 120_000, ".css": 20_000}
# Namespaces, what the framework says of its own errors, and the example of a web site in the profile.
TEXTS = ("http://www.w3.org/", "https://vuejs.org/error-reference/", "https://…")
ENTRY, FIRST = "index.html", "src/screens/timeline/TimelineScreen.vue"


def run(*words: str) -> None:
    """A program of the application's own tools; its output is what a failure shows."""
    needs_program("npm")
    if not (WEB / "node_modules").is_dir():
        pytest.skip("the web application was installed ready-made")
    done = subprocess.run(
        [WEB / "node_modules" / ".bin" / words[0], *words[1:]],
        cwd=WEB, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_hold() -> None:
    run("vue-tsc", "--noEmit")


def test_logic_without_a_page_holds() -> None:
    # None of it keeps anything from one file to the next: one process takes a quarter of the time.
    run("vitest", "run", "--pool=threads", "--no-isolate")


def test_types_of_the_api_are_those_of_the_server(site: Server, tmp_path: Path) -> None:
    node = needs_program("node")
    answer = requests.get(f"{site.url}/openapi.json", timeout=60)
    (tmp_path / "openapi.json").write_bytes(answer.content)
    made = tmp_path / "schema.d.ts"
    done = subprocess.run(
        [node, "tools/schema.mjs", str(tmp_path / "openapi.json"), str(made)],
        cwd=WEB, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    kept = (WEB / "src" / "api" / "schema.d.ts").read_text("utf-8")
    assert made.read_text("utf-8") == kept, "make them anew: node tools/schema.mjs"


def test_operations_of_the_api_have_names_of_their_own(site: Server) -> None:
    document = requests.get(f"{site.url}/openapi.json", timeout=60).json()
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def dist() -> Path:
    """The build that is tried."""
    given = os.environ.get("ARCHYPIX_WEB_DIST")
    return Path(given) if given else Path(str(resources.files("archypix.webapp").joinpath("dist")))


def parts(manifest: dict[str, Any], name: str) -> Iterator[str]:
    """Files of a part and of all that it imports at once."""
    part = manifest[name]
    yield part["file"]
    yield from part.get("css", ())
    for imported in part.get("imports", ()):
        yield from parts(manifest, imported)


def test_the_first_load_is_small() -> None:
    manifest = json.loads((dist() / ".vite" / "manifest.json").read_text())
    files = {*parts(manifest, ENTRY), *parts(manifest, FIRST)}
    for suffix, most in BUDGET.items():
        sizes = {name: len(gzip.compress((dist() / name).read_bytes())) for name in files if name.endswith(suffix)}
        assert 0 < sum(sizes.values()) <= most, sizes


def test_everything_that_is_large_is_there_in_fewer_bytes() -> None:
    large = [
        path for path in dist().rglob("*") if path.suffix in (".js", ".css", ".json") and ".vite" not in path.parts
    ]
    assert large
    for path in large:
        if path.stat().st_size > 2000:
            for ending in (".br", ".gz"):
                assert path.with_name(path.name + ending).stat().st_size < path.stat().st_size, path


def test_pages_hold_no_styles_or_scripts_of_their_own() -> None:
    html = (dist() / "index.html").read_text()
    assert "<style" not in html
    assert "style=" not in html
    assert html.count("<script") == html.count('<script type="module"') + html.count('<script src="')
    assert "http://" not in html
    assert "https://" not in html


def test_nothing_that_was_built_names_another_host() -> None:
    """Neither by an address nor by `//host`, but for names that are no addresses, and examples that people read."""
    found = {
        (path.name, address)
        for path in dist().rglob("*")
        if path.suffix in (".js", ".css", ".html", ".svg", ".json", ".webmanifest")
        for address in re.findall(r"https?://[^\s\"'`<>)]*|[\"'`(=]//[\w.-]+\.[a-z]{2,}", path.read_text("utf-8"))
    }
    assert {(name, address) for name, address in found if not address.startswith(TEXTS)} == set()


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_the_lock_file_has_what_every_system_needs() -> None:
    packages = json.loads((WEB / "package-lock.json").read_text())["packages"]
    there = {name.rpartition("node_modules/")[2] for name in packages}
    wanted = {
        needed
        for package in packages.values()
        for kind in ("dependencies", "optionalDependencies")
        for needed in package.get(kind, ())
    }
    assert sorted(wanted - there) == []
