"""Contexts of others: harmless ones are let through, those under which others would read another document are not."""

from __future__ import annotations

from typing import Any

import pytest

from federation.documents.contexts import ACTOR_CONTEXT, AS, OBJECT_CONTEXT, check_context
from federation.documents.errors import Malformed

MASTODON = [
    AS,
    "https://w3id.org/security/v1",
    {
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "toot": "http://joinmastodon.org/ns#",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "schema": "http://schema.org#",
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "Hashtag": "as:Hashtag",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
    },
]
PIXELFED = [
    AS,
    {
        "Hashtag": "as:Hashtag",
        "sensitive": "as:sensitive",
        "schema": "http://schema.org/",
        "pixelfed": "http://pixelfed.org/ns#",
        "commentsEnabled": {"@id": "pixelfed:commentsEnabled", "@type": "schema:Boolean"},
        "capabilities": {"@id": "pixelfed:capabilities", "@container": "@set"},
        "like": {"@id": "pixelfed:canLike", "@type": "@id"},
        "Emoji": "toot:Emoji",
    },
]
OTHERS = {
    "Mastodon": MASTODON,
    "Pixelfed": PIXELFED,
    "Pleroma": [AS, "https://p.test/schemas/litepub-0.1.jsonld", {"@language": "und"}],
    "words spelled out": {
        "id": "@id",
        "type": "@type",
        "actor": {"@id": f"{AS}#actor", "@type": "@id"},
        "as": f"{AS}#",
    },
    "security spelled out": {"sec": "https://w3id.org/security#", "owner": "sec:owner", "Key": "sec:Key"},
    "one text": AS,
    "ours for actors": ACTOR_CONTEXT,
    "ours for objects": OBJECT_CONTEXT,
}


@pytest.mark.parametrize("context", OTHERS.values(), ids=OTHERS.keys())
def test_contexts_that_are_let_through(context: Any) -> None:
    check_context(context)


REMAPPED = {
    "actor is another word": {"actor": "https://evil.test/actor"},
    "another word is actor, in place of it": {"actor": "as:object", "object": "as:actor"},
    "id is no id": {"id": "as:summary"},
    "another word is the id": {"name2": "@id"},
    "another word is the type": {"kind": {"@id": "@type"}},
    "actor means nothing": {"actor": None},
    "actor means nothing, at length": {"actor": {"@id": None}},
    "the prefix means another": {"as": "https://evil.test/#"},
    "the prefix of security": {"sec": "https://evil.test/#"},
    "the owner of a key": {"owner": "as:actor"},
    "inboxes": {"inbox": "as:outbox"},
    "a context of its own": {"Foo": {"@id": "x:Foo", "@context": {"actor": "as:object"}}},
    "a value that is no value": {"object": {"@id": "as:object", "@type": "@json"}},
    "a map for a value": {"to": {"@id": "as:to", "@container": "@id"}},
    "maps of maps": {"object": {"@container": ["@graph", "@id"]}},
    "nested elsewhere": {"x": {"@id": "x:x", "@nest": "y"}},
    "backwards": {"wrote": {"@reverse": "as:attributedTo"}},
    "another base": {"@base": "https://evil.test/"},
    "loaded from elsewhere": {"@import": "https://evil.test/context"},
    "taken back": [AS, None, {"x": "as:x"}],
    "numbers": {"actor": 1},
    "a list as meaning": {"x": ["as:x"]},
    "lists in lists": [[AS]],
    "a number": 7,
}


@pytest.mark.parametrize("context", REMAPPED.values(), ids=REMAPPED.keys())
def test_contexts_that_change_what_is_read(context: Any) -> None:
    with pytest.raises(Malformed):
        check_context(context)
