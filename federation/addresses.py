"""Addresses of local things: identities under the identity domain, inboxes and files at this backend's own origin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit
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
    unless a Resolver stands before several backends. Neither has a slash at its end.
    """

    domain: str
    base: str
    origin: str

    @classmethod
    def of(cls, settings: Settings, port: int) -> Addresses:
        """The addresses of a server that listens on `port`; `StartupError` where the domain is none."""
        domain = _ascii(settings.identity_domain(port))
        base = f"https://{domain}" if settings.domain else f"http://{domain}"
        return cls(domain, base, settings.origin(port))

    @property
    def instance(self) -> str:
        """The actor of the server itself."""
        return f"{self.base}/actor"

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
        return f"@{name}@{self.domain}"

    def account(self, name: str) -> str:
        """`acct:alice@example.org`, as WebFinger has it."""
        return f"acct:{name}@{self.domain}"

    def is_local(self, uri: str) -> bool:
        """Whether an address lies at this server, under its identity domain or its own origin."""
        return _origin_of(uri) in (self.base, self.origin)

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
