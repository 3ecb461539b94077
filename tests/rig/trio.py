"""Three whole servers, `a.test`, `b.test` and `c.test`, with a network between them, and people on each.

`m.test` is a place for a server that a test brings itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from tests.peer.process import joined_map
from tests.rig.network import Network
from tests.rig.server import SETUP_LINK, Server, User

NAMES = ("a", "b", "c")
# One more place, where a test may put a server that it has made itself.
STRANGER = "m.test"
# Much, for machines that are busy with other things.
STARTS_WITHIN = 120.0
PASSWORD = "correct horse battery"
_numbers = count(1)


class Person(User):
    """Somebody with an account on one of the servers, and with a browser that finds all of them."""

    def __init__(self, trio: Trio, place: str, name: str, token: str) -> None:
        super().__init__(trio.servers[place], name, token)
        self.trio = trio
        self.place = place
        self.handle = f"@{name}@{place}.test"
        # As pictures and tags have it.
        self.known_as = f"@{name}:{place}.test"
        self.uri = f"https://{place}.test/users/{name}"
        # Where their own server is reached.
        self.origin = f"https://{place}.test"
        # Type and bytes of all that their own server answered.
        self.carried: list[tuple[str, int]] = []
        self.hooks["response"].append(self._note)

    def _note(self, answer: requests.Response, *_: object, **__: object) -> None:
        self.carried.append((answer.headers.get("Content-Type", ""), len(answer.content)))

    def fetch(self, url: str, **keywords: Any) -> requests.Response:
        """What a browser gets at an address that this person's own server gave: without any credentials."""
        return self.trio.fetch(url if "://" in url else f"{self.origin}{url}", **keywords)

    def __repr__(self) -> str:
        return self.handle


class Trio:
    """The servers, the network and the means to make people."""

    def __init__(self, folder: Path, *, seed: int = 0, workers: int = 1, **settings: str) -> None:
        self.stranger_port = 0
        places = {name: self._port_of(name) for name in NAMES} | {"m": lambda: self.stranger_port}
        self.network = Network(places, seed=seed).start()
        self.servers = {
            name: Server(folder / name, env=self._environment(name, settings), arguments=("--workers", str(workers)))
            for name in NAMES
        }
        self._administrators: dict[str, Person] = {}

    def _port_of(self, name: str) -> Callable[[], int]:
        return lambda: self.servers[name].port

    def _environment(self, name: str, settings: Mapping[str, str]) -> dict[str, str]:
        others = {f"{other}.test": self.network.links[name, other].url for other in (*NAMES, "m") if other != name}
        return {
            "ARCHYPIX_DOMAIN": f"{name}.test",
            "ARCHYPIX_FEDERATION_HOST_MAP": joined_map(others),
            **{f"ARCHYPIX_{key.upper()}": value for key, value in settings.items()},
        }

    def start(self) -> Trio:
        """Start all three side by side."""
        with ThreadPoolExecutor(len(NAMES)) as pool:
            list(pool.map(lambda server: server.start(within=STARTS_WITHIN), self.servers.values()))
        return self

    def stop(self) -> None:
        """Stop those that run."""
        with ThreadPoolExecutor(len(self.servers)) as pool:
            list(pool.map(_end, self.servers.values()))
        self.network.stop()

    def kill(self, *names: str) -> None:
        """SIGKILL to these servers."""
        for name in names:
            self.servers[name].kill()

    def restart(self, *names: str) -> None:
        """Start these again."""
        with ThreadPoolExecutor(len(NAMES)) as pool:
            list(pool.map(lambda name: self.servers[name].start(within=STARTS_WITHIN), names))

    def administrator(self, place: str) -> Person:
        """Who runs a server, made on first need by the link that it printed."""
        if place not in self._administrators:
            server = self.servers[place]
            link = until(lambda: SETUP_LINK.search("\n".join(server.log)), "the link for the administrator")
            name = self.administrators_name(place)
            made = {"token": link[1].partition("token=")[2], "name": name, "password": PASSWORD}
            began = requests.post(f"{server.url}/api/v1/setup", json=made, timeout=60)
            assert began.status_code == 201, began.text
            self._administrators[place] = self._signed_in(place, name, began)
        return self._administrators[place]

    def administrators_name(self, place: str) -> str:
        """What the administrator of a server is called."""
        del place
        return "admin"

    def person(self, place: str, name: str) -> Person:
        """Somebody new, called exactly so."""
        account = {"name": name, "password": PASSWORD}
        made = self.administrator(place).post("/admin/accounts", json=account, timeout=60)
        assert made.status_code == 201, made.text
        return self.sign_in(place, name)

    def sign_in(self, place: str, name: str) -> Person:
        """Somebody whose account is there already."""
        account = {"name": name, "password": PASSWORD}
        began = requests.post(f"{self.servers[place].url}/api/v1/session", json=account, timeout=60)
        assert began.status_code == 200, began.text
        return self._signed_in(place, name, began)

    def people(self) -> tuple[Person, Person, Person]:
        """A new alice at `a.test`, bob at `b.test`, carol at `c.test`; with a number, since stories share servers."""
        number = next(_numbers)
        with ThreadPoolExecutor(len(NAMES)) as pool:
            alice, bob, carol = pool.map(
                lambda who: self.person(who[0], f"{who[1]}{number}"),
                (("a", "alice"), ("b", "bob"), ("c", "carol")),
            )
        return alice, bob, carol

    def _signed_in(self, place: str, name: str, began: requests.Response) -> Person:
        # By hand, since cookies of a server that is reached by https go over nothing else.
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in began.cookies)
        headers = {"Cookie": cookies, "X-CSRF-Token": began.json()["csrf_token"]}
        tokens = f"{self.servers[place].url}/api/v1/account/tokens"
        token = requests.post(tokens, json={"name": "story"}, headers=headers, timeout=60)
        assert token.status_code == 201, token.text
        return self._known(place, name, token.json()["token"])

    def _known(self, place: str, name: str, token: str) -> Person:
        return Person(self, place, name, token)

    def fetch(self, url: str, **keywords: Any) -> requests.Response:
        """A plain request for an address of one of the three, as anybody's browser would send it."""
        parts = urlsplit(url)
        server = self.servers[parts.netloc.removesuffix(".test")]
        headers = {"Host": parts.netloc, **keywords.pop("headers", {})}
        keywords = {"timeout": 60, "allow_redirects": False, **keywords}
        where = parts._replace(scheme="http", netloc=f"127.0.0.1:{server.port}").geturl()
        return requests.request(keywords.pop("method", "GET"), where, headers=headers, **keywords)

    def logs(self) -> dict[str, str]:
        """All that the servers wrote to their logs, standard output and error included."""
        return {name: "\n".join([*server.log, *_log_files(server.data)]) for name, server in self.servers.items()}


def _log_files(data: Path) -> Iterator[str]:
    for path in sorted((data / "logs").rglob("*")):
        if path.is_file():
            yield path.read_text(errors="replace")


def _end(server: Server) -> None:
    if server.process is not None and server.process.poll() is None:
        try:
            server.stop()
        finally:
            server.kill()


@contextmanager
def three_servers(folder: Path, *, seed: int = 0, workers: int = 1, **settings: str) -> Iterator[Trio]:
    """The three for the time of a block."""
    trio = Trio(folder, seed=seed, workers=workers, **settings)
    try:
        yield trio.start()
    finally:
        trio.stop()


def until(look: Callable[[], Any], what: str, *, within: float = 90.0, every: float = 0.1) -> Any:
    """The first true answer; `what` says what was missed where there is none in time."""
    end = time.monotonic() + within
    while not (found := look()):
        assert time.monotonic() < end, f"not within {within} s: {what}"
        time.sleep(every)
    return found
