"""Files of the web application as browsers ask for them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from archypix.webapp.app import PATH, SCREENS, WebApp

SHELL = b"<!doctype html><title>Archypix</title>" + b" " * 200
CODE = b"console.log(1);" * 100


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A build as Vite makes it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / ".vite" / "manifest.json").write_text("{}")
    (tmp_path / "index.html").write_bytes(SHELL)
    (tmp_path / "icon.svg").write_bytes(b"<svg/>")
    (tmp_path / "sw.js").write_bytes(b"self;")
    (tmp_path / "manifest.webmanifest").write_bytes(b"{}")
    (tmp_path / "assets" / "index-abc.js").write_bytes(CODE)
    (tmp_path / "assets" / "index-abc.js.br").write_bytes(b"as brotli has it")
    (tmp_path / "assets" / "index-abc.js.gz").write_bytes(gzip.compress(CODE))
    return tmp_path


class Answer:
    """What came back."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start, *rest = messages
        self.status: int = start["status"]
        pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
        self.headers = dict(pairs)
        assert len(self.headers) == len(pairs), "a header came twice"
        self.body: bytes = b"".join(message["body"] for message in rest)


async def ask(app: WebApp, path: str, method: str = "GET", **headers: str) -> Answer:
    messages: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        messages.append(dict(message))

    async def receive() -> Any:
        raise AssertionError("nothing is to be read")

    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    await app({"type": "http", "method": method, "path": path, "headers": raw}, receive, send)
    return Answer(messages)


@pytest.mark.parametrize("path", ["/", "/login", "/search", "/people/@a@b.example", "/tags/v1.0/photo.js", "/tags/a b"])
async def test_every_screen_is_the_shell(dist: Path, path: str) -> None:
    assert PATH.match(path)
    answer = await ask(WebApp(dist), path)
    assert (answer.status, answer.body) == (200, SHELL)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-length"] == str(len(SHELL))


@pytest.mark.parametrize(
    "path", ["/api/v1/session", "/l/secret", "/@alice", "/files/x", "/setups", "/assets/../x", "/a/b"]
)
def test_what_is_no_address_of_the_application_is_left_alone(path: str) -> None:
    assert not PATH.match(path)


def test_every_screen_has_its_address_in_the_list() -> None:
    root = Path(__file__).parents[2] / "web" / "src" / "frame" / "places.ts"
    for line in root.read_text("utf-8").splitlines():
        if "to: '/" in line:
            segment = line.partition("to: '/")[2].partition("'")[0].split("/")[0]
            assert segment == "" or segment in SCREENS, line


async def test_the_policy_of_pages_allows_no_foreign_code(dist: Path) -> None:
    policy = (await ask(WebApp(dist), "/")).headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == ["'self'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    assert "unsafe" not in policy


async def test_where_files_are_kept_elsewhere_pages_may_fetch_and_send_them_there(dist: Path) -> None:
    answer = await ask(WebApp(dist, "http://s3.example:9000"), "/")
    rules = {rule.split()[0]: rule.split()[1:] for rule in answer.headers["content-security-policy"].split("; ")}
    for kind in ("img-src", "media-src", "connect-src"):
        assert "http://s3.example:9000" in rules[kind], kind
    assert "http://s3.example:9000" not in rules["script-src"]


async def test_tiles_of_maps_may_come_from_the_server_that_is_named_and_nothing_else_of_it(dist: Path) -> None:
    answer = await ask(WebApp(dist, tiles_origin="http://tiles.example:9000"), "/")
    plain = await ask(WebApp(dist), "/")
    policy = answer.headers["content-security-policy"]
    assert policy.replace(" http://tiles.example:9000", "") == plain.headers["content-security-policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
    assert [kind for kind, sources in rules.items() if "http://tiles.example:9000" in sources] == ["img-src"]


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate, br;q=0.5, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=1.0", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, gzip;q=0", None),
        ("identity", None),
        (", ;q=1,,", None),
        ("", None),
    ],
)
async def test_the_best_coding_that_is_wanted_is_sent(dist: Path, accepted: str, coding: str | None) -> None:
    answer = await ask(WebApp(dist), "/assets/index-abc.js", accept_encoding=accepted)
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    body = {"br": b"as brotli has it", "gzip": gzip.compress(CODE), None: CODE}[coding]
    assert answer.headers["content-length"] == str(len(body))
    assert (gzip.decompress(answer.body) if coding == "gzip" else answer.body) == (CODE if coding != "br" else body)


async def test_assets_stay_for_good_and_the_rest_is_asked_for_again(dist: Path) -> None:
    app = WebApp(dist)
    assert "immutable" in (await ask(app, "/assets/index-abc.js")).headers["cache-control"]
    for path, kind in (
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/icon.svg", "image/svg+xml"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ):
        answer = await ask(app, path)
        assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-cache", kind)
        assert "content-security-policy" not in answer.headers


async def test_what_a_browser_has_is_not_sent_again(dist: Path) -> None:
    app = WebApp(dist)
    first = await ask(app, "/assets/index-abc.js", accept_encoding="br")
    etag = first.headers["etag"]
    for known in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        again = await ask(app, "/assets/index-abc.js", accept_encoding="br", if_none_match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", etag)
        assert "content-length" not in again.headers
    plain = await ask(app, "/assets/index-abc.js", if_none_match=etag)
    assert (plain.status, plain.body) == (200, CODE), "another coding is another thing"


async def test_head_says_the_same_without_the_body(dist: Path) -> None:
    app = WebApp(dist)
    for path in ("/", "/assets/index-abc.js", "/assets/none.js"):
        got, head = await ask(app, path), await ask(app, path, "HEAD")
        assert (head.status, head.headers, head.body) == (got.status, got.headers, b"")


@pytest.mark.parametrize("path", ["/assets/index-old.js", "/assets/index-abc.js.map", "/nothing.png"])
async def test_what_is_no_file_is_not_the_shell(dist: Path, path: str) -> None:
    answer = await ask(WebApp(dist), path)
    assert answer.status == 404
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_build_screens_say_what_to_do(tmp_path: Path) -> None:
    answer = await ask(WebApp(tmp_path / "nothing"), "/")
    assert answer.status == 503
    assert b"was not built" in answer.body
    assert (await ask(WebApp(tmp_path / "nothing"), "/assets/index-abc.js")).status == 404
