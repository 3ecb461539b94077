"""Addresses of local things: identities under the identity domain, inboxes and files at this backend's own origin."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit
from uuid import UUID

from archypix.core.errors import StartupError
from archypix.core.settings import Settings

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URI = 2048
NAME = r"[a-z0-9_]{1,30}"
SLUG = r"[a-z0-9](?:[a-z0-9_-]{0,58}[a-z0-9_])?"
# No person and no collection can be called so.
INSTANCE_NAME = "instance-actor"
SLUG_WHOLE = re.compile(SLUG)
# Whatever lies below a person, pages for people included.
OWNED_PATH = re.compile(rf"/(?:users/|@)(?P<name>{NAME})(?=[/.]|\Z)")
ACTOR_PATH = re.compile(rf"/(?:actor|users/(?P<name>{NAME})(?:/collections/(?P<slug>{SLUG}))?)")


@dataclass(frozen=True, slots=True)
class Place:
    """To whom an address belongs: a person, by `name`; with `slug`, a collection; without a name, the server."""

    name: str | None
    slug: str | None
    # What follows the actor's own path, such as `/followers`; empty for the actor itself.
    rest: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Makes and recognises local addresses.

    `domain` is the part of handles after `@`; `base` the origin of identities, `origin` that of this backend: the same
    unless a Resolver stands before several backends. Neither has a slash at its end. `names` is what is known of the
    people of this backend where the domain is shared: what lies below others is a neighbour's. None: all is here.
    """

    domain: str
    base: str
    origin: str
    names: Container[str] | None = field(default=None, compare=False)

    @classmethod
    def of(cls, settings: Settings, port: int, names: Container[str] = ()) -> Addresses:
        """The addresses of a server that listens on `port`; `names` counts behind a Resolver alone.

        `StartupError` where the domain is none, and where a backend behind a Resolver has no origin of its own.
        """
        domain = _ascii(settings.identity_domain(port))
        base = f"https://{domain}" if settings.domain else f"http://{domain}"
        origin = settings.origin(port)
        if not settings.resolver_url:
            return cls(domain, base, origin)
        if not settings.domain or origin == base:
            raise StartupError(
                "Behind a Resolver, ARCHYPIX_DOMAIN is the domain that all backends share, and ARCHYPIX_PUBLIC_URL the"
                " address of this one, which is another."
            )
        return cls(domain, base, origin, names)

    @property
    def shared(self) -> bool:
        """Whether other backends have people of the same domain."""
        return self.names is not None

    @property
    def instance(self) -> str:
        """The actor of the server itself. That of a domain with several servers is the Resolver's."""
        return f"{self.origin}/actor" if self.shared else f"{self.base}/actor"

    @property
    def shared_inbox(self) -> str:
        return f"{self.origin}/inbox"

    @property
    def access(self) -> str:
        """Where holders of shares ask for signed URLs of files."""
        return f"{self.origin}/access"

    @property
    def pictures(self) -> str:
        """Where holders of shares ask what is known of pictures."""
        return f"{self.origin}/pictures"

    def person(self, name: str) -> str:
        return f"{self.base}/users/{name}"

    def collection(self, name: str, slug: str) -> str:
        """The actor of a public tag of `name`."""
        return f"{self.person(name)}/collections/{slug}"

    def inbox(self, uri: str) -> str:
        """The inbox of a local actor; it lies at this backend. The server's own is the shared one."""
        if uri == self.instance:
            return self.shared_inbox
        return f"{self.origin}{urlsplit(uri).path}/inbox"

    def activity(self, actor_uri: str, identifier: UUID) -> str:
        return f"{actor_uri}/activities/{identifier}"

    def key(self, actor_uri: str) -> str:
        """The id of the RSA key, which signs requests."""
        return f"{actor_uri}#main-key"

    def assertion_key(self, actor_uri: str) -> str:
        """The id of the Ed25519 key."""
        return f"{actor_uri}#ed25519-key"

    def handle(self, name: str) -> str:
        """`@alice@example.org`."""
        return f"@{name}@{self._host_of(name)}"

    def account(self, name: str) -> str:
        """`acct:alice@example.org`, as WebFinger has it."""
        return f"acct:{name}@{self._host_of(name)}"

    def _host_of(self, name: str) -> str:
        """The host at which WebFinger knows this name: several servers of one domain have an actor each."""
        return self.own_host if self.shared and name == INSTANCE_NAME else self.domain

    @property
    def own_host(self) -> str:
        """The host, and port where there is one, of this backend's origin."""
        return self.origin.partition("://")[2]

    def is_local(self, uri: str) -> bool:
        """Whether an address lies at this server: at its own origin, or under the identity domain.

        Behind a Resolver, of the domain only what lies below somebody with an account here.
        """
        origin = _origin_of(uri)
        if origin == self.origin:
            return True
        return origin == self.base and (self.names is None or self._is_below_ours(uri, self.names))

    def is_neighbours(self, uri: str) -> bool:
        """Whether an address is of this domain, but not of this server."""
        return self.shared and _origin_of(uri) == self.base and not self.is_local(uri)

    def _is_below_ours(self, uri: str, names: Container[str]) -> bool:
        match = OWNED_PATH.match(unquote(urlsplit(uri).path))
        return match is not None and match["name"] in names

    def place(self, uri: str) -> Place | None:
        """The local actor to whom `uri` belongs, who need not exist; None where it is no such address."""
        if len(uri) > LONGEST_URI or not self.is_local(uri):
            return None
        path = urlsplit(uri).path
        match = ACTOR_PATH.match(path)
        if match is None:
            return None
        rest = path[match.end() :]
        return Place(match["name"], match["slug"], rest) if rest[:1] in ("", "/") else None

    def target(self, host_header: str, raw_path: bytes, query: bytes) -> str | None:
        """The absolute URI that a signature over an incoming request covers, percent-encoding untouched.

        It is made from that one of our two origins whose authority the `Host` header names; None where neither is.
        """
        authority = host_header.strip().lower()
        for origin in (self.base, self.origin):
            scheme, _, own = origin.partition("://")
            if authority in (own, f"{own}:{DEFAULT_PORTS[scheme]}"):
                try:
                    path = raw_path.partition(b"?")[0].decode("ascii")
                    return f"{origin}{path}?{query.decode('ascii')}" if query else f"{origin}{path}"
                except UnicodeDecodeError:
                    return None
        return None


def _ascii(domain: str) -> str:
    """The domain as it stands on the wire: lower case, labels outside ASCII in punycode, the port kept."""
    host, colon, port = domain.strip().partition(":")
    try:
        return host.encode("idna").decode("ascii").lower() + colon + port
    except UnicodeError:
        raise StartupError(f"ARCHYPIX_DOMAIN: {domain} is no domain.") from None


def _origin_of(uri: str) -> str | None:
    """Scheme and authority of an http(s) address without user information; None for anything else."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not host or "@" in parts.netloc:
        return None
    shown = f"[{host}]" if ":" in host else host
    return (
        f"{parts.scheme}://{shown}"
        if port in (None, DEFAULT_PORTS[parts.scheme])
        else f"{parts.scheme}://{shown}:{port}"
    )
