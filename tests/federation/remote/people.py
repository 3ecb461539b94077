"""Somebody at another server, whose document can be made to say anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from federation.signatures.keys import generate_ed25519, generate_rsa, multibase, public_pem
from tests.federation.outbound.wild import Wild, answer, document

KEY = generate_rsa()
OTHER_KEY = generate_rsa()
ED_KEY = generate_ed25519()


class Bob:
    """`@bob@HOST`, at `wild.test` unless said otherwise. `document` is what he says of himself; change it freely."""

    def __init__(self, wild: Wild, host: str = "wild.test", name: str = "bob") -> None:
        self.wild = wild
        self.host = host
        self.name = name
        self.uri = f"https://{host}/users/{name}"
        self.key_id = f"{self.uri}#main-key"
        self.document: dict[str, Any] = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": name,
            "name": "Bob",
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "endpoints": {"sharedInbox": f"https://{host}/inbox"},
            "publicKey": {"id": self.key_id, "owner": self.uri, "publicKeyPem": public_pem(KEY)},
        }
        self.show()
        self.finger()

    @property
    def path(self) -> str:
        return f"/users/{self.name}"

    def show(self, **changed: Any) -> None:
        """Answer with the document, these terms changed; None takes one out."""
        self.document |= changed
        shown = {key: value for key, value in self.document.items() if value is not None}
        self.wild.paths[self.path] = document(shown)

    def fail(self, status: int) -> None:
        """Answer with an error."""
        self.wild.paths[self.path] = answer(status)

    def finger(self, subject: str | None = None, actor: str | None = None, wild: Wild | None = None) -> None:
        """What WebFinger of his host (or of another) says whoever is asked for."""
        data: dict[str, Any] = {
            "subject": subject or f"acct:{self.name}@{self.host}",
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "type": "text/html", "href": f"{self.uri}/page"},
                {"rel": "self", "type": "application/activity+json", "href": actor or self.uri},
            ],
        }
        (wild or self.wild).paths["/.well-known/webfinger"] = document(data, "application/jrd+json")

    @property
    def fetched(self) -> int:
        """How often his document was asked for."""
        return len(self.wild.seen_at(self.path))


def key_object(owner: str, key_id: Any = None, /, **changed: Any) -> Mapping[str, Any]:
    """A key of the old form."""
    return {"id": key_id or f"{owner}#main-key", "owner": owner, "publicKeyPem": public_pem(KEY)} | changed


def multikey(owner: str, key_id: str | None = None, /, **changed: Any) -> Mapping[str, Any]:
    """A key of FEP-521a."""
    return {
        "id": key_id or f"{owner}#ed25519-key",
        "type": "Multikey",
        "controller": owner,
        "publicKeyMultibase": multibase(ED_KEY),
    } | changed
