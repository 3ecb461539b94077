"""Keys in documents: those an actor lists, and those that have a document of their own."""

from __future__ import annotations

from typing import Any

from federation.documents.origins import same_origin
from federation.documents.terms import embedded, id_of, many, text_of
from federation.signatures.keys import from_multibase, from_pem, public_key
from federation.signatures.models import PublicKey, WeakKey

MOST_KEYS = 10
MOST_NAMED = 2
LONGEST_ID = 2048


def keys_of(uri: str, data: dict[str, Any]) -> tuple[tuple[PublicKey, ...], tuple[str, ...]]:
    """The keys that the actor `uri` shows in its document, and the ids of those that it only names.

    Keys of another owner, of another origin, damaged and weak ones are left out. The same id twice counts once.
    """
    found: dict[str, PublicKey] = {}
    named: dict[str, None] = {}
    entries = many(data.get("publicKey"))[:MOST_KEYS] + many(data.get("assertionMethod"))[:MOST_KEYS]
    for entry in entries:
        name = id_of(entry)
        if name is None or len(name.encode("utf-8", "replace")) > LONGEST_ID or not same_origin(name, uri):
            continue
        if isinstance(entry, str):
            named[name] = None
        elif (key := read_key(entry, owner=uri)) is not None:
            found.setdefault(name, key)
    return tuple(found.values())[:MOST_KEYS], tuple(name for name in named if name not in found)[:MOST_NAMED]


def read_key(data: dict[str, Any], *, owner: str) -> PublicKey | None:
    """The key that an object shows, if it says that it belongs to `owner` and can be used; else None."""
    name, said = id_of(data), id_of(data.get("owner")) or id_of(data.get("controller"))
    if (
        name is None
        or len(name.encode("utf-8", "replace")) > LONGEST_ID
        or said != owner
        or not same_origin(name, owner)
    ):
        return None
    pem, multibase = text_of(data.get("publicKeyPem")), text_of(data.get("publicKeyMultibase"))
    try:
        if pem is not None:
            return public_key(name, owner, from_pem(pem))
        if multibase is not None:
            return public_key(name, owner, from_multibase(multibase))
    except WeakKey:
        return None
    return None


def owner_of(data: dict[str, Any]) -> str | None:
    """Whose key a document is that shows one: the actor it names; None where it is no key's."""
    shown = embedded(data.get("publicKey")) or data
    if text_of(shown.get("publicKeyPem")) is None and text_of(shown.get("publicKeyMultibase")) is None:
        return None
    return id_of(shown.get("owner")) or id_of(shown.get("controller"))
