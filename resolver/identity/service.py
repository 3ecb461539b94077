"""The keys with which a domain signs, made at its first start, and the document of its actor."""

from __future__ import annotations

from typing import Any

from archypix.core.database import Database
from archypix.core.errors import StartupError
from federation.actors.keys import CannotOpen, KeySafe, make_keys
from federation.documents.contexts import ACTOR_CONTEXT
from federation.signatures.models import PrivateKey
from federation.signatures.mutual import key_id_of
from resolver.identity import store

# Sealed keys are bound to the actor whose they are; here there is but one.
ACTOR = 0
NAME = "instance-actor"


class Identity:
    """The actor `{base}/actor`. `key` signs messages to backends."""

    def __init__(self, domain: str, base: str, *, rsa_public: str, ed25519_public: str, key: PrivateKey) -> None:
        self.domain = domain
        self.base = base
        self.key = key
        self.public = ed25519_public
        self._rsa_public = rsa_public

    @classmethod
    async def open(cls, database: Database, master: bytes, *, domain: str, base: str) -> Identity:
        """The identity that the database holds, made where there is none yet; `StartupError` with another secret."""
        safe = KeySafe(master)
        async with database.connection() as connection:
            found = await store.keys(connection)
        if len(found) < 2:
            made = await make_keys()
            async with database.transaction() as connection:
                for new in (made.rsa, made.ed25519):
                    await store.keep(connection, new, safe.seal(ACTOR, new.kind, new.private))
                found = await store.keys(connection)
        try:
            key = safe.open(ACTOR, "ed25519", key_id_of(base), found["ed25519"][1])
        except CannotOpen:
            raise StartupError(
                "The keys in the database were sealed with another secret. Give this Resolver the one it had before"
                " (ARCHYPIX_SECRET, or the file secrets/master in its data directory)."
            ) from None
        return cls(domain, base, rsa_public=found["rsa"][0], ed25519_public=found["ed25519"][0], key=key)

    @property
    def actor(self) -> str:
        """The id of the domain's actor."""
        return f"{self.base}/actor"

    def document(self) -> dict[str, Any]:
        """The actor as other servers read it."""
        return {
            "@context": [
                *ACTOR_CONTEXT,
                {
                    "assertionMethod": {
                        "@id": "https://w3id.org/security#assertionMethod",
                        "@type": "@id",
                        "@container": "@set",
                    }
                },
            ],
            "id": self.actor,
            "type": "Application",
            "preferredUsername": NAME,
            "name": self.domain,
            "url": self.actor,
            "inbox": f"{self.base}/inbox",
            "outbox": f"{self.actor}/outbox",
            "endpoints": {"sharedInbox": f"{self.base}/inbox"},
            "manuallyApprovesFollowers": True,
            "publicKey": {"id": f"{self.actor}#main-key", "owner": self.actor, "publicKeyPem": self._rsa_public},
            "assertionMethod": [
                {
                    "id": self.key.id,
                    "type": "Multikey",
                    "controller": self.actor,
                    "publicKeyMultibase": self.public,
                }
            ],
        }
