"""The domain `d.test`: a Resolver and backends `b1.d.test`, `b2.d.test` … behind it, an independent server `x.test`,
and a network between all of them. `m.test` is a place for a peer that a test brings itself.

Every server has a database of its own in the PostgreSQL of the run, so that five of them start about as fast as one.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import requests

from tests.embedded import TEMPLATE
from tests.peer.process import joined_map
from tests.rig.network import Network
from tests.rig.resolver import Administrator
from tests.rig.server import Server, User
from tests.rig.trio import STARTS_WITHIN, Person, Trio, until

DOMAIN = "d.test"
RESOLVER = "r"
STRANGER = "m"
HEARTBEAT = "0.5"
# Who misses three is silent: for the Resolver they come more seldom, since a process may stand still for a while.
EXPECTED = "3"
_numbers = count(1)


class Resident(Person):
    """Somebody of the domain, on one of its backends, or of `x.test`."""

    def __init__(self, domain: Domain, place: str, name: str, token: str) -> None:
        super().__init__(domain, place, name, token)
        identity = "x.test" if place == "x" else DOMAIN
        self.handle = f"@{name}@{identity}"
        self.known_as = f"@{name}:{identity}"
        self.uri = f"https://{identity}/users/{name}"
        self.origin = f"https://{domain.hosts[place]}"


class Domain(Trio):
    """The servers, the network, and the means to make people where one wants them.

    `servers` has the Resolver as `r`, the backends as `b1` … and the independent server as `x`. Of `spare` backends
    only the places are there until they are added.
    """

    def __init__(
        self, folder: Path, postgres: str, *, backends: int = 3, spare: int = 0, seed: int = 0, workers: int = 1,
        resolver: Mapping[str, str] | None = None, **settings: str,
    ) -> None:  # fmt: skip
        self.stranger_port = 0
        self.backends = [f"b{number}" for number in range(1, backends + 1)]
        self.spare = [f"b{number}" for number in range(backends + 1, backends + spare + 1)]
        everywhere = [*self.backends, *self.spare]
        self.hosts = {RESOLVER: DOMAIN, "x": "x.test", STRANGER: "m.test"} | {b: f"{b}.{DOMAIN}" for b in everywhere}
        self.network = Network({place: self._port_of(place) for place in self.hosts}, seed=seed).start()
        self._databases = Databases(postgres)
        self.servers = {}
        self._administrators: dict[str, Person] = {}
        self._admin: Administrator | None = None
        self.servers[RESOLVER] = self._server(folder, RESOLVER, resolver or {}, word="resolver")
        for place in (*everywhere, "x"):
            self.servers[place] = self._server(folder, place, settings, "--workers", str(workers))

    def _port_of(self, place: str) -> Callable[[], int]:
        return lambda: self.stranger_port if place == STRANGER else self.servers[place].port

    def _server(
        self, folder: Path, place: str, settings: Mapping[str, str], *words: str, word: str = "serve"
    ) -> Server:
        ways = {host: self.network.links[place, to].url for to, host in self.hosts.items() if to != place}
        env = {
            "ARCHYPIX_DOMAIN": self.hosts[place],
            "ARCHYPIX_FEDERATION_HOST_MAP": joined_map(ways),
            "ARCHYPIX_HEARTBEAT_SECONDS": EXPECTED if place == RESOLVER else HEARTBEAT,
            "ARCHYPIX_DATABASE_URL": self._databases.make(place, empty=place == RESOLVER),
            "ARCHYPIX_DATABASE_POOL": "6",
            "ARCHYPIX_SECRET": f"the secret of the server at {self.hosts[place]}",
        }
        if place in (*self.backends, *self.spare):
            env |= {
                "ARCHYPIX_DOMAIN": DOMAIN,
                "ARCHYPIX_PUBLIC_URL": f"https://{self.hosts[place]}",
                "ARCHYPIX_RESOLVER_URL": f"https://{DOMAIN}",
            }
        env |= {f"ARCHYPIX_{key.upper()}": value for key, value in settings.items()}
        return Server(folder / place, env=env, arguments=words, word=word)

    def start(self) -> Domain:
        """Start the Resolver, then all others but the spare ones side by side, and let the backends in."""
        self.servers[RESOLVER].start(within=STARTS_WITHIN)
        self.restart(*self.backends, "x")
        self.admit(*self.backends)
        return self

    def stop(self) -> None:
        """Stop those that run, and drop their databases."""
        super().stop()
        self._databases.drop()

    @property
    def running(self) -> list[str]:
        """All places whose servers should run: not the spare ones."""
        return [RESOLVER, *self.backends, "x"]

    @property
    def resolver(self) -> Administrator:
        """The administrator of the Resolver, as a client of its REST."""
        if self._admin is None:
            self._admin = Administrator(self.servers[RESOLVER])
        return self._admin

    def admit(self, *places: str) -> None:
        """Let backends that run into the domain, once they have introduced themselves, and wait until they know."""
        for place in places:
            origin = f"https://{self.hosts[place]}"
            found = until(lambda origin=origin: self.resolver.backends().get(origin), f"the introduction of {origin}")
            self.resolver.admit(found)
        for place in places:
            until(lambda place=place: self._is_in(place), f"that {place} knows that it is admitted")

    def _is_in(self, place: str) -> bool:
        return any("is admitted by" in line for line in self.servers[place].log)

    def add(self) -> str:
        """Start one more backend and let it in; its place."""
        place = self.spare.pop(0)
        self.servers[place].start(within=STARTS_WITHIN)
        self.backends.append(place)
        self.admit(place)
        return place

    def drain(self, place: str, on: bool = True) -> None:
        """Have a backend take no registrations any more, or again."""
        self.resolver.drain(self.resolver.backends()[f"https://{self.hosts[place]}"], on)

    def administrators_name(self, place: str) -> str:
        """Names are unique in the domain, those of administrators too."""
        return f"admin_{place}"

    def people(self) -> tuple[Person, Person, Person]:
        """A new alice at `b1`, bob at `b2`, carol at `x`."""
        number = next(_numbers)
        return self.everybody(**{f"alice{number}": "b1", f"bob{number}": "b2", f"carol{number}": "x"})

    def everybody(self, **places: str) -> Any:
        """New people of these names, each at the place that is given; side by side."""
        with ThreadPoolExecutor(len(places)) as pool:
            return tuple(pool.map(lambda who: self.person(who[1], who[0]), places.items()))

    def by_command(self, place: str, name: str, *words: str) -> User:
        """Somebody made on the command line of a backend."""
        made = self.servers[place].create_user(name, *words)
        return self._known(place, name, made.headers["Authorization"].removeprefix("Bearer "))

    def _known(self, place: str, name: str, token: str) -> Person:
        return Resident(self, place, name, token)

    def fetch(self, url: str, **keywords: Any) -> requests.Response:
        """A plain request for an address of one of the servers, as anybody's browser would send it."""
        parts = urlsplit(url)
        place = next(name for name, host in self.hosts.items() if host == parts.netloc)
        headers = {"Host": parts.netloc, **keywords.pop("headers", {})}
        keywords = {"timeout": 60, "allow_redirects": False, **keywords}
        where = parts._replace(scheme="http", netloc=f"127.0.0.1:{self.servers[place].port}").geturl()
        return requests.request(keywords.pop("method", "GET"), where, headers=headers, **keywords)

    def finger(self, account: str) -> requests.Response:
        """What WebFinger of the account's host says of `alice@d.test`."""
        host = account.rpartition("@")[2]
        return self.fetch(f"https://{host}/.well-known/webfinger?resource=acct:{account}")

    def actor(self, uri: str) -> requests.Response:
        """The document of an actor, as a program asks for it without a signature."""
        return self.fetch(uri, headers={"Accept": "application/activity+json"})


class Databases:
    """Databases in one PostgreSQL, given as the address of its superuser."""

    def __init__(self, superuser: str) -> None:
        self._superuser = superuser
        self._made: list[str] = []

    def make(self, place: str, *, empty: bool) -> str:
        """A new database: the library's tables are in it unless it is to be empty. Its address."""
        name = f"domain_{os.getpid()}_{next(_numbers)}_{place}"
        template = "template0" if empty else TEMPLATE
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} OWNER archypix STRATEGY file_copy")
        self._made.append(name)
        return urlunsplit(urlsplit(self._superuser)._replace(netloc="archypix@", path=f"/{name}"))

    def drop(self) -> None:
        """Drop what was made."""
        for name in self._made:
            self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _do(self, statement: str) -> None:
        async def run() -> None:
            connection = await asyncpg.connect(self._superuser)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        # In a thread of its own: the test run may have a loop here.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, run()).result()


@contextmanager
def shared_domain(folder: Path, postgres: str, **words: Any) -> Iterator[Domain]:
    """The domain for the time of a block; `postgres` is the fixture `postgres_url`, the words are those of `Domain`."""
    domain = Domain(folder, postgres, **words)
    try:
        yield domain.start()
    finally:
        domain.stop()
