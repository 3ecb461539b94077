"""Who is at the door of a drive: HTTP Basic with a user's name and an app token, over a way that nobody reads along."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol

from archypix.accounts.limiter import Budget, Limiter
from archypix.accounts.secrets import network_of
from archypix.gate.requests import Doorkeeper, Scope, header
from webdav.answers import Refused

if TYPE_CHECKING:
    from archypix.drives.models import Drive

REALM: Final = 'Basic realm="Archypix", charset="UTF-8"'
CHALLENGE: Final = (b"www-authenticate", REALM.encode())
# Wrong guesses from one address. The same wrong guess again is a program with an old token, and counts once.
GUESSES: Final = 30
GUESS_SECONDS: Final = 900.0
REMEMBERED: Final = 4096
REMEMBERED_SECONDS: Final = 900.0
LONGEST: Final = 1024
_BASIC: Final = re.compile(r"basic +([A-Za-z0-9+/=_-]+) *", re.IGNORECASE)


class Entrance(Protocol):
    """Where app tokens are known."""

    async def enter(self, username: str, password: str, slug: str, address: str) -> Drive | None:
        """The drive of `slug` that these credentials open; None when they open none. Takes as long either way."""
        ...


class Door:
    """Lets requests in to drives."""

    def __init__(self, entrance: Entrance, doorkeeper: Doorkeeper, limiter: Limiter, *, allow_http: bool) -> None:
        self._entrance = entrance
        self._doorkeeper = doorkeeper
        self._limiter = limiter
        self._allow_http = allow_http
        self._welcome = Memory()
        self._wrong = Memory()

    def address(self, scope: Scope) -> str:
        """Where a request comes from."""
        return self._doorkeeper.address(scope)

    def require_private(self, scope: Scope) -> None:
        """`Refused` (403) when the token could be read on the way."""
        if not self._allow_http and not self._doorkeeper.is_private(scope):
            detail = "Drives are reached by https alone: over plain http anybody on the way could read the token."
            raise Refused(403, detail)

    async def admit(self, scope: Scope, slug: str) -> Drive:
        """The drive of a request. `Refused` (401) without credentials that open it, `RateLimited` after many guesses.

        Who came in by the same credentials from the same address lately is never held up by guesses of others there.
        """
        self.require_private(scope)
        given = credentials(header(scope, b"authorization"))
        if given is None:
            raise unauthorized("Sign in with your user name and an app token of this drive.")
        username, password = given
        network = network_of(self.address(scope))
        guess = hashlib.sha256(f"{network}\0{username}\0{password}\0{slug}".encode("utf-8", "replace")).digest()
        budget = Budget(f"webdav:{network}", GUESSES, GUESS_SECONDS)
        counted = guess not in self._welcome and guess not in self._wrong
        if counted:
            await self._limiter.take(budget)
        drive = await self._entrance.enter(username, password, slug, self.address(scope))
        if drive is None:
            self._welcome.forget(guess)
            self._wrong.add(guess)
            raise unauthorized("There is no drive of this name for this user name and app token.")
        if counted:
            await self._limiter.give_back(budget)
        self._wrong.forget(guess)
        self._welcome.add(guess)
        return drive


class Memory:
    """Digests seen in the last minutes, at most 4,096 of them."""

    def __init__(self, seconds: float = REMEMBERED_SECONDS) -> None:
        self._seconds = seconds
        self._until: OrderedDict[bytes, float] = OrderedDict()

    def __contains__(self, digest: bytes) -> bool:
        return self._until.get(digest, 0.0) > time.monotonic()

    def add(self, digest: bytes) -> None:
        """Remember it from now on; the oldest are forgotten for it."""
        self._until[digest] = time.monotonic() + self._seconds
        self._until.move_to_end(digest)
        while len(self._until) > REMEMBERED:
            self._until.popitem(last=False)

    def forget(self, digest: bytes) -> None:
        """Know nothing of it."""
        self._until.pop(digest, None)


def credentials(text: str | None) -> tuple[str, str] | None:
    """User name and password of an `Authorization` header, as UTF-8 or else Latin-1; None where it holds none."""
    match = _BASIC.fullmatch(text) if text is not None and len(text) <= 2 * LONGEST else None
    if match is None:
        return None
    try:
        raw = base64.b64decode(match[1], altchars=b"-_" if set("-_") & set(match[1]) else None, validate=True)
    except (binascii.Error, ValueError):
        return None
    try:
        decoded = raw.decode("utf-8")
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1")
    username, separator, password = decoded.partition(":")
    if not separator or not username or not password or "\0" in decoded:
        return None
    return username, password


def unauthorized(detail: str) -> Refused:
    """The answer that makes clients ask for a token."""
    return Refused(401, detail, headers=(CHALLENGE,))
