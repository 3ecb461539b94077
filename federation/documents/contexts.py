"""The contexts of our documents, and a check of those of others: nothing is fetched, no word of ours means another."""

from __future__ import annotations

from typing import Any

from federation.documents.errors import Malformed

AS = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"
APX = "https://archypix.org/ns#"
TOOT = "http://joinmastodon.org/ns#"

_AS_PREFIXES = ("as:", f"{AS}#")
_SECURITY_PREFIXES = ("sec:", "https://w3id.org/security#", "https://w3id.org/security/v1#")
_LDP = "http://www.w3.org/ns/ldp#"
_PREFIXES = {"as": (AS, f"{AS}#"), "sec": _SECURITY_PREFIXES[1:], "ldp": (_LDP,)}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Terms that decide who says what about whom. Others may define them again, but only as what they are.
_AS_TERMS = _words(
    """Accept Activity Add Announce Application Article Block Collection CollectionPage Create Delete Document Flag
    Follow Group Image Invite Like Link Mention Move Note Object Offer OrderedCollection OrderedCollectionPage
    Organization Page Person Place Question Read Reject Remove Service TentativeAccept Tombstone Undo Update Video View
    actor alsoKnownAs attachment attributedTo audience bcc bto cc content contentMap current deleted describes duration
    endTime endpoints first followers following formerType generator height href icon image inReplyTo instrument items
    last latitude likes location longitude mediaType movedTo name nameMap next object orderedItems origin outbox partOf
    preferredUsername prev preview published relationship replies result sharedInbox shares startTime subject summary
    summaryMap tag target to totalItems updated url width"""
)
_SECURITY_TERMS = _words(
    "publicKey publicKeyPem publicKeyMultibase owner controller assertionMethod Multikey CryptographicKey Key"
)
_KEYWORD_ALIASES = {"id": "@id", "type": "@type"}
_SHAPE = frozenset({"@id", "@type", "@container", "@language", "@direction", "@protected", "@prefix"})
_CONTAINERS = frozenset({"@set", "@list", "@language"})
_HARMLESS_KEYWORDS = frozenset({"@language", "@version", "@vocab", "@protected", "@direction"})

# Ours, inline, so that nobody has to fetch anything.
OWN_TERMS: dict[str, Any] = {
    "apx": APX,
    "toot": TOOT,
    "schema": "http://schema.org#",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "blurhash": "toot:blurhash",
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "sensitive": "as:sensitive",
    "Hashtag": "as:Hashtag",
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
}
ACTOR_CONTEXT: list[Any] = [AS, SECURITY, MULTIKEY, OWN_TERMS]
OBJECT_CONTEXT: list[Any] = [AS, OWN_TERMS]


def check_context(context: Any) -> None:
    """Refuse a context under which others would read another document than we do: one that gives words we believe
    other meanings, takes contexts back, changes the base of ids, or loads what it does not show. Raises Malformed.
    """
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict):
            for term, definition in part.items():
                _check_definition(term, definition)
        elif not isinstance(part, str):
            raise Malformed("The context is not one that is accepted.")


def _check_definition(term: str, definition: Any) -> None:
    if term.startswith("@"):
        if term not in _HARMLESS_KEYWORDS:
            raise Malformed("The context changes how the document is to be read.")
        return
    ours = term in _AS_TERMS or term in _SECURITY_TERMS or term in _KEYWORD_ALIASES
    if isinstance(definition, dict):
        _check_shape(definition, ours=ours)
    meaning = definition.get("@id", term) if isinstance(definition, dict) else definition
    if meaning is None and not ours:
        return
    if not isinstance(meaning, str):
        raise Malformed("The context holds a definition that is not accepted.")
    if not _is_own_meaning(term, meaning):
        raise Malformed("The context gives a word another meaning.")


def _check_shape(definition: dict[str, Any], *, ours: bool) -> None:
    """What a definition says besides its meaning: nothing that opens contexts or turns values into others."""
    if not _SHAPE.issuperset(definition):
        raise Malformed("The context holds a definition that is not accepted.")
    kind, container = definition.get("@type"), definition.get("@container")
    harmless = container is None or (isinstance(container, str) and container in _CONTAINERS)
    if ours and (kind == "@json" or not harmless):
        raise Malformed("The context gives the values of a word another shape.")


def _is_own_meaning(term: str, meaning: str) -> bool:
    if term in _KEYWORD_ALIASES:
        return meaning == _KEYWORD_ALIASES[term]
    if meaning.startswith("@"):
        return False
    if term in _PREFIXES:
        return meaning in _PREFIXES[term]
    if term in _SECURITY_TERMS:
        return meaning in {f"{prefix}{term}" for prefix in _SECURITY_PREFIXES}
    if term == "inbox":
        return meaning in ("ldp:inbox", f"{_LDP}inbox", "as:inbox", f"{AS}#inbox")
    return term not in _AS_TERMS or meaning in {f"{prefix}{term}" for prefix in _AS_PREFIXES}
