"""Who may call what only media workers call."""

from __future__ import annotations

import hashlib
import hmac

from archypix.core.errors import Unauthenticated


class WorkerGate:
    """Knows the secret by which workers prove themselves."""

    def __init__(self, secret: str) -> None:
        self._digest = hashlib.sha256(secret.encode()).digest()
        self._usable = bool(secret)

    def require(self, authorization: str | None) -> None:
        """Return when the header `Authorization: Bearer SECRET` holds; `Unauthenticated` otherwise."""
        kind, _, secret = (authorization or "").partition(" ")
        sent = hashlib.sha256(secret.strip().encode("utf-8", "surrogateescape")).digest()
        if not (self._usable and kind.lower() == "bearer" and hmac.compare_digest(sent, self._digest)):
            raise Unauthenticated("Only media workers may call this.")
