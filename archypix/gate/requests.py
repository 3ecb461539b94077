"""What the gate reads from a request, from the ASGI scope alone, so that raw ASGI apps and Quart views share it."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias

from werkzeug.http import parse_cookie

from archypix.accounts.models import Caller
from archypix.core.errors import BeingMoved, Forbidden, StartupError, Unauthenticated
from archypix.gate.policy import Policy

Scope: TypeAlias = Mapping[str, Any]
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MAX_SECRET = 200


def header(scope: Scope, name: bytes) -> str | None:
    """The value of the header `name` (lower case), or None; the first one where there are several."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def parse_networks(text: str) -> tuple[Network, ...]:
    """The networks in a comma-separated setting; `StartupError` names the one that is none."""
    networks = []
    for part in filter(None, (item.strip() for item in text.split(","))):
        try:
            networks.append(ipaddress.ip_network(part, strict=False))
        except ValueError:
            raise StartupError(f"ARCHYPIX_TRUSTED_PROXIES: {part} is neither an address nor a network.") from None
    return tuple(networks)


def session_cookie_name(secure: bool) -> str:
    """`__Host-` binds the cookie to this origin; browsers take it over https only."""
    return "__Host-archypix" if secure else "archypix"


def csrf_token(session_secret: str) -> str:
    """The value a browser must send in `X-CSRF-Token`: derived, so that nothing more need be stored."""
    return hmac.digest(session_secret.encode(), b"csrf", hashlib.sha256).hex()


class Callers(Protocol):
    """Who knows whose secrets are whose. Both raise `Unauthenticated` for one that does not hold."""

    async def caller_of_token(self, secret: str) -> Caller: ...

    async def caller_of_session(self, secret: str) -> Caller: ...


class Doorkeeper:
    """Finds out who calls, and from where."""

    def __init__(self, accounts: Callers, *, origin: str, trusted_proxies: tuple[Network, ...]) -> None:
        self._accounts = accounts
        self._origin = origin
        self.secure = origin.startswith("https://")
        self._trusted = trusted_proxies

    def address(self, scope: Scope) -> str:
        """The client's address: the peer's, or where trusted proxies stand between, the last one they vouch for."""
        peer = str((scope.get("client") or ("", 0))[0])
        if not self._is_proxy(peer):
            return peer
        for hop in reversed((header(scope, b"x-forwarded-for") or "").split(",")):
            candidate = hop.strip()
            try:
                ipaddress.ip_address(candidate)
            except ValueError:
                break
            peer = candidate
            if not self._is_proxy(candidate):
                break
        return peer

    def is_private(self, scope: Scope) -> bool:
        """Whether nobody on the way can read along: by TLS here or at a trusted proxy, or from this machine itself."""
        peer = str((scope.get("client") or ("", 0))[0])
        if scope.get("scheme") == "https":
            return True
        if self._is_proxy(peer):
            told = (header(scope, b"x-forwarded-proto") or "").rpartition(",")[2].strip().lower()
            if told == "https" or (not told and self.secure):
                return True
        return _is_loopback(self.address(scope))

    def headers(self, scope: Scope) -> list[tuple[str, str]]:
        """The headers as the client sent them: a trusted proxy with a `Host` of its own says which one that was."""
        found = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        told = (header(scope, b"x-forwarded-host") or "").rpartition(",")[2].strip()
        if not told or not self._is_proxy(str((scope.get("client") or ("", 0))[0])):
            return found
        return [("host", told), *((name, value) for name, value in found if name != "host")]

    def _is_proxy(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._trusted)

    async def admit(self, scope: Scope, policy: Policy) -> Caller | None:
        """The caller of a request whose route has `policy`; raises `Unauthenticated`, `Forbidden` or `BeingMoved`."""
        if policy.anonymous:
            return None
        caller = await self.identify(scope)
        policy.admit(caller)
        if caller is not None and caller.held and scope["method"] not in SAFE_METHODS:
            raise BeingMoved
        return caller

    async def identify(self, scope: Scope) -> Caller | None:
        """Whose bearer token or session cookie this is; None without either. A wrong one is `Unauthenticated`.

        A request that changes something by cookie must carry the session's CSRF token, and must not come from a page
        of another origin.
        """
        authorization = header(scope, b"authorization")
        if authorization is not None:
            kind, _, secret = authorization.partition(" ")
            secret = secret.strip()
            if kind.lower() != "bearer" or not secret or len(secret) > MAX_SECRET:
                raise Unauthenticated("Send a token as `Authorization: Bearer TOKEN`.")
            return await self._accounts.caller_of_token(secret)
        session = self.session_secret(scope)
        if session is None:
            return None
        caller = await self._accounts.caller_of_session(session)
        if scope["method"] not in SAFE_METHODS:
            self._refuse_forgery(scope, session)
        return caller

    def session_secret(self, scope: Scope) -> str | None:
        """The secret in the session cookie, if the request has one."""
        text = header(scope, b"cookie")
        if text is None or len(text) > 8192:
            return None
        secret = parse_cookie(text).get(session_cookie_name(self.secure))
        return secret if secret and len(secret) <= MAX_SECRET else None

    def _refuse_forgery(self, scope: Scope, secret: str) -> None:
        if header(scope, b"sec-fetch-site") not in (None, "same-origin", "none"):
            raise Forbidden("This request comes from a page of another site.", code="cross_site")
        sent = header(scope, b"x-csrf-token") or ""
        if not hmac.compare_digest(sent.encode("latin-1"), csrf_token(secret).encode()):
            raise Forbidden("The header X-CSRF-Token is missing or stale: sign in again.", code="csrf")


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
