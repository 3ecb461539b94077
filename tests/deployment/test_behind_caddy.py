"""The domain behind a real Caddy with the guide's own file: TLS, names, large bodies, events, drives."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deployment.test_files import FOLDER
from tests.programs import needs_program
from tests.rig.domain import Domain, shared_domain
from tests.rig.photos import photo
from tests.rig.trio import PASSWORD, until

GLOBAL = """{{
	admin off
	local_certs
	skip_install_trust
	auto_https disable_redirects
	http_port {http}
	https_port {https}
	storage file_system {folder}
}}
"""


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


@dataclass(frozen=True)
class Front:
    """Caddy, and what a client needs to reach it under the domain's names."""

    domain: Domain
    port: int
    root: Path

    @property
    def command(self) -> list[str]:
        """curl, which takes every name for this machine and trusts Caddy's own authority alone."""
        return ["curl", "-sS", "--cacert", str(self.root), "--connect-to", f"::127.0.0.1:{self.port}"]

    def curl(self, *words: str) -> bytes:
        """What curl gets at an https address, as from anywhere on the internet."""
        done = subprocess.run(
            [*self.command, "--fail-with-body", *words], capture_output=True, timeout=120, check=False
        )
        assert done.returncode == 0, (done.stdout[:500], done.stderr)
        return bytes(done.stdout)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, postgres_url: str) -> Iterator[Front]:
    """Caddy before a Resolver and two backends."""
    caddy, _ = needs_program("caddy"), needs_program("curl")
    folder = tmp_path_factory.mktemp("caddy")
    trusting = {"trusted_proxies": "127.0.0.1/32"}
    with shared_domain(folder, postgres_url, backends=2, workers=0, resolver=trusting, **trusting) as domain:
        http, https = free_port(), free_port()
        text = (FOLDER / "Caddyfile").read_text().partition("s3.{$DOMAIN}")[0]
        for name, place in (("resolver", "r"), ("b1", "b1"), ("b2", "b2")):
            text = text.replace(f"{name}:8000", f"127.0.0.1:{domain.servers[place].port}")
        file = folder / "Caddyfile"
        file.write_text(GLOBAL.format(http=http, https=https, folder=folder / "certificates") + text)
        root = folder / "certificates/pki/authorities/local/root.crt"
        with (folder / "caddy.log").open("w") as log:
            process = subprocess.Popen(
                [caddy, "run", "--adapter", "caddyfile", "--config", str(file)],
                env={**os.environ, "DOMAIN": "d.test", "HOME": str(folder)}, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            until(lambda: root.exists() and listens(https), f"Caddy, which says in {folder}: caddy.log")
            yield Front(domain, https, root)
        finally:
            process.terminate()
            process.wait(timeout=60)


def test_who_lives_where_is_told_under_the_domains_name(front: Front) -> None:
    front.domain.everybody(una="b1", ute="b2")
    for name, place in (("una", "b1"), ("ute", "b2")):
        found = json.loads(front.curl(f"https://d.test/.well-known/webfinger?resource=acct:{name}@d.test"))
        (actor,) = (link["href"] for link in found["links"] if link["rel"] == "self")
        assert actor == f"https://d.test/users/{name}"
        shown = json.loads(front.curl("-H", "Accept: application/activity+json", actor))
        assert shown["id"] == actor
        assert shown["inbox"] == f"https://{place}.d.test/users/{name}/inbox"


def test_a_browser_signs_in_over_tls_alone(front: Front) -> None:
    front.domain.everybody(uta="b1")
    said = front.curl(
        "-i", "-H", "Content-Type: application/json", "--data", json.dumps({"name": "uta", "password": PASSWORD}),
        "https://b1.d.test/api/v1/session",
    ).decode()  # fmt: skip
    (cookie,) = (line for line in said.splitlines() if line.lower().startswith("set-cookie: __host-archypix="))
    assert "secure" in cookie.lower()


def test_large_files_go_in_and_come_out_and_events_arrive_meanwhile(front: Front, tmp_path: Path) -> None:
    (person,) = front.domain.everybody(ulla="b2")
    bearer = f"Authorization: {person.headers['Authorization']}"
    file = tmp_path / "large.jpg"
    file.write_bytes(photo(1) + os.urandom(9 << 20))
    listening = subprocess.Popen(
        [*front.command, "-N", "-H", bearer, "https://b2.d.test/api/v1/events"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert listening.stdout is not None
        assert next(line for line in listening.stdout if line.startswith("event: hello"))
        made = json.loads(front.curl("-H", bearer, "-F", f"file=@{file}", "https://b2.d.test/api/v1/pictures"))
        heard = next(line for line in listening.stdout if line.startswith("event: picture.added"))
        assert heard
    finally:
        listening.terminate()
        listening.wait(timeout=60)
    got = front.curl("-L", "-H", bearer, f"https://b2.d.test/api/v1/pictures/{made['id']}/file")
    assert hashlib.sha256(got).digest() == hashlib.sha256(file.read_bytes()).digest()


def test_drives_work_through_it(front: Front, tmp_path: Path) -> None:
    (person,) = front.domain.everybody(udo="b1")
    (library,) = person.get("/hierarchies").json()["items"]
    made = person.post(f"/hierarchies/{library['id']}/tokens", json={"name": "desk"}).json()
    assert made["url"] == "https://b1.d.test/webdav/library/"
    access = ("-u", f"{made['username']}:{made['token']}")
    file = tmp_path / "one.jpg"
    file.write_bytes(photo(2))
    front.curl(*access, "-X", "MKCOL", f"{made['url']}Sea")
    front.curl(*access, "-T", str(file), f"{made['url']}Sea/one.jpg")
    assert front.curl(*access, f"{made['url']}Sea/one.jpg") == file.read_bytes()
    front.curl(*access, "-X", "MOVE", "-H", f"Destination: {made['url']}Sea/two.jpg", f"{made['url']}Sea/one.jpg")
    listed = front.curl(*access, "-X", "PROPFIND", "-H", "Depth: 1", f"{made['url']}Sea/").decode()
    assert "two.jpg" in listed
    assert "one.jpg" not in listed
