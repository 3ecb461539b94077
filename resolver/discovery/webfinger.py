"""WebFinger (RFC 7033) for a whole domain: a raw app that answers from memory before anything else is looked at."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote

import orjson

from archypix.core.errors import ArchypixError, Gone, Invalid, NotFound
from archypix.gate.middleware import Receive, Send
from archypix.gate.problems import answer_for
from resolver import metrics
from resolver.backends.service import Backends
from resolver.identity.service import NAME as INSTANCE_NAME
from resolver.names.models import Where
from resolver.names.service import Names
from resolver.passing.fetching import Fetcher
from resolver.reaching import BackendAway, Response

PATH: Final = "/.well-known/webfinger"
JRD: Final = "application/jrd+json"
ACTIVITY: Final = "application/activity+json"
PROFILE_PAGE: Final = "http://webfinger.net/rel/profile-page"
USER: Final = re.compile(r"(?P<name>[a-z0-9_]{1,30})(?:\.(?P<slug>[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9_])?))?")
LONGEST: Final = 500
LONGEST_QUERY: Final = 2000
MOST_FIELDS: Final = 50
MOST_ANSWERS: Final = 20_000
OPEN: Final = (b"access-control-allow-origin", b"*")
SECONDS: Final = 600


class BadResource(Invalid):
    """The question is none that WebFinger can answer."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """An answer about a person as it goes over the wire, good as long as the person lives where they did."""

    name: str
    where: Where | None
    start: dict[str, Any]
    end: dict[str, Any]
    etag: bytes


class WebFingerApp:
    """Answers about people from the directory, and about their collections with what their backends say."""

    def __init__(self, names: Names, backends: Backends, fetcher: Fetcher, *, domain: str, base: str) -> None:
        self._names = names
        self._backends = backends
        self._fetcher = fetcher
        self._domain = domain
        self._base = base
        self._ready: dict[bytes, _Ready] = {}
        self._remembered = metrics.discovered.labels("memory")

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Answer one question."""
        query: bytes = scope["query_string"]
        ready = self._ready.get(query)
        if ready is not None and ready.where is self._names.peek(ready.name):
            self._remembered.inc()
        else:
            try:
                ready = await self._answer(query)
            except ArchypixError as error:
                await _refuse(send, error)
                return
        await _show(scope, send, ready)

    async def _answer(self, query: bytes) -> _Ready:
        resource, relations = _question(query)
        user = self._user(resource)
        match = USER.fullmatch(user) if user is not None else None
        if user == INSTANCE_NAME:
            return _ready(None, self._jrd(INSTANCE_NAME, f"{self._base}/actor", relations))
        where = await self._names.where(match["name"]) if match is not None else None
        if match is None or where is None:
            metrics.discovered.labels("nobody").inc()
            raise NotFound("Nobody here is called so.")
        if match["slug"] is not None:
            metrics.discovered.labels("backend").inc()
            return _ready(None, await self._collection(where, match[0], relations))
        if where.deleted:
            raise Gone("This account was deleted.")
        metrics.discovered.labels("directory").inc()
        made = _ready(where, self._jrd(where.name, f"{self._base}/users/{where.name}", relations))
        self._remember(query, made)
        return made

    def _remember(self, query: bytes, ready: _Ready) -> None:
        if len(query) <= LONGEST:
            self._ready[query] = ready
            if len(self._ready) > MOST_ANSWERS:
                del self._ready[next(iter(self._ready))]

    def _user(self, resource: str) -> str | None:
        """The part before the `@`, in lower case; None where it is nobody's of this domain."""
        scheme, colon, account = resource.partition(":")
        if not colon:
            raise BadResource("A resource starts with its scheme: acct:name@domain.")
        if scheme.lower() != "acct":
            return None
        user, at, domain = account.rpartition("@")
        if not at or not user or not domain:
            raise BadResource("An account is written acct:name@domain.")
        return user.lower() if domain.lower() == self._domain else None

    def _jrd(self, user: str, uri: str, relations: Sequence[str]) -> dict[str, Any]:
        links = [
            {"rel": "self", "type": ACTIVITY, "href": uri},
            {"rel": PROFILE_PAGE, "type": "text/html", "href": uri},
        ]
        return _chosen({"subject": f"acct:{user}@{self._domain}", "aliases": [uri], "links": links}, relations)

    async def _collection(self, where: Where, user: str, relations: Sequence[str]) -> dict[str, Any]:
        """What a person's backend says of a collection, now or at an earlier time."""
        backend = self._backends.get(where.backend_id)
        if backend is None:
            raise BackendAway("The server of this person is not known yet. Try again.", retry_after=2)
        query = f"resource={quote(f'acct:{user}@{self._domain}', safe='')}"

        async def otherwise(response: Response, _: bytes) -> None:
            if response.status == 410:
                raise Gone("This collection is no more.")
            if response.status == 404:
                raise NotFound("Nobody here is called so.")
            raise BackendAway("The server of this person gives no answer.", log_detail=f"status {response.status}")

        kept = await self._fetcher.get(
            (PATH.encode(), query.encode(), b"", "en"), where, backend, f"{PATH}?{query}",
            [("Accept", JRD), ("Accept-Encoding", "identity")],
            host=self._base.partition("://")[2], otherwise=otherwise,
        )  # fmt: skip
        assert kept is not None
        if kept.status == 410:
            raise Gone("This collection is no more.")
        try:
            said = orjson.loads(kept.body)
        except orjson.JSONDecodeError:
            said = None
        if not isinstance(said, dict) or not isinstance(said.get("links"), list):
            raise BackendAway("The server of this person answers what cannot be read.", log_detail=backend.origin)
        return _chosen(said, relations)


def _question(query: bytes) -> tuple[str, list[str]]:
    """The one resource that is asked for, and the relations. `BadResource`."""
    pairs: list[tuple[str, str]] = []
    if len(query) <= LONGEST_QUERY:
        try:
            pairs = parse_qsl(query.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            pass
    resources = [value for name, value in pairs if name == "resource"]
    if len(resources) != 1 or not 0 < len(resources[0]) <= LONGEST:
        raise BadResource(f"Ask for one resource: {PATH}?resource=acct:name@domain.")
    return resources[0], [value for name, value in pairs if name == "rel"][:20]


def _chosen(document: dict[str, Any], relations: Sequence[str]) -> dict[str, Any]:
    """The document with the links of these relations; with all where none are named."""
    links = [link for link in document["links"] if isinstance(link, dict)]
    return document | {"links": [link for link in links if not relations or link.get("rel") in relations]}


def _ready(where: Where | None, document: dict[str, Any]) -> _Ready:
    body = orjson.dumps(document)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()
    headers = [
        (b"content-type", JRD.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"etag", etag),
        (b"cache-control", b"public, max-age=%d" % SECONDS),
        OPEN,
    ]
    start = {"type": "http.response.start", "status": 200, "headers": headers}
    return _Ready(
        "" if where is None else where.name,
        where,
        start,
        {"type": "http.response.body", "body": body, "more_body": False},
        etag,
    )


async def _show(scope: Any, send: Send, ready: _Ready) -> None:
    for name, value in scope["headers"]:
        if name == b"if-none-match" and ready.etag in value[:LONGEST_QUERY]:
            headers = [pair for pair in ready.start["headers"] if not pair[0].startswith(b"content-")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
    await send(ready.start)
    await send(ready.end if scope["method"] == "GET" else {**ready.end, "body": b""})


async def _refuse(send: Send, error: ArchypixError) -> None:
    """As everywhere, but readable by pages of other origins; a question that is none is 400 (RFC 7033 §4.2)."""
    status, headers, body = answer_for(error)
    if isinstance(error, BadResource):
        status, body = 400, body.replace(b'"status":422', b'"status":400', 1)
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
    raw += [(b"content-length", str(len(body)).encode()), OPEN]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body, "more_body": False})
