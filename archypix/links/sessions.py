"""The cookie by which a guest has shown the password of a link: signed, and worthless once the password is another."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Final

from archypix.links.models import OpenLink

LIFETIME: Final = 12 * 3600
LONGEST: Final = 200


class GuestSessions:
    """Makes and checks the values of cookies. `key` has 32 bytes; nothing of a session is kept here."""

    def __init__(self, key: bytes, *, now: Callable[[], float] = time.time) -> None:
        self._key = key
        self._now = now

    def issue(self, link: OpenLink) -> str:
        """The value for a guest who has shown the password of `link`."""
        expires = int(self._now()) + LIFETIME
        return f"{expires}.{self._mac(link, expires)}"

    def holds(self, link: OpenLink, value: str | None) -> bool:
        """Whether whoever sends `value` may open `link`; anybody may where it has no password."""
        if link.password_hash is None:
            return True
        if not value or len(value) > LONGEST or not value.isascii():
            return False
        digits, _, mac = value.partition(".")
        if not digits.isdigit() or len(digits) > 12 or int(digits) <= self._now():
            return False
        return hmac.compare_digest(self._mac(link, int(digits)), mac)

    def _mac(self, link: OpenLink, expires: int) -> str:
        # The hash of a password has a salt of its own: another password, or the same one set again, is another key.
        return hmac.new(self._key, f"{link.id}|{link.password_hash}|{expires}".encode(), sha256).hexdigest()
