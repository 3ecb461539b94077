"""Whatever stands in a message, reading it ends in an activity or in a refusal, and nobody speaks for others."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.clock import now
from federation.documents.origins import same_origin
from federation.inbox.locals import references
from federation.inbox.models import Envelope
from federation.inbox.reading import read
from federation.inbox.rights import believed, check_origins, check_rights, owners
from federation.inbox.service import inbound_of
from federation.inbox_contract import Denied
from federation.signatures.models import Kind
from tests.federation.inbox.town import Town

ADDRESSES = st.sampled_from(
    [
        "https://b.test/users/bob", "https://b.test/users/mara", "https://b.test/notes/1", "https://c.test/notes/1",
        "https://a.test/users/alice", "https://a.test/users/alice/activities/1", "http://b.test/1", "https://b.test:8443/",
        "acct:bob@b.test", "https://", "", "as:Public", "https://b.test/#main-key", "https://böse.test/1", "//b.test/x",
    ]
)  # fmt: skip
WORDS = (
    "Create Update Delete Undo Accept Reject Add Remove Move Follow Like Announce Flag Block Offer Invite Note Person"
    " Tombstone OrderedCollection as:Follow apx:Share Whisper"
)
TYPES = st.sampled_from(WORDS.split())
NAMES = st.sampled_from(
    [
        "id",
        "type",
        "actor",
        "object",
        "target",
        "to",
        "cc",
        "attributedTo",
        "owner",
        "tag",
        "href",
        "inReplyTo",
        "content",
    ]
)
SCALARS = st.one_of(
    ADDRESSES, TYPES, st.none(), st.booleans(), st.integers(-9, 9), st.floats(allow_nan=False), st.text()
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=12
)
BOB = "https://b.test/users/bob"
MESSAGES = st.fixed_dictionaries(
    {"id": st.just("https://b.test/activities/1") | VALUES, "type": TYPES | VALUES, "actor": st.just(BOB) | VALUES},
    optional=dict.fromkeys(("object", "target", "to", "cc", "tag", "content"), VALUES),
)


def is_local(uri: str) -> bool:
    return uri.startswith("https://a.test/")


def taken(message: dict[str, Any]) -> Envelope | None:
    """The activity, if it may be said at all."""
    said: Envelope | None = None
    try:
        said = read(orjson.dumps(message))
        check_origins(said)
        check_rights(said, is_local)
    except Denied as error:
        refusal = error
    else:
        return said
    assert 400 <= refusal.status < 500
    return None


@settings(max_examples=1500, deadline=None)
@given(MESSAGES)
def test_every_message_is_an_activity_or_refused(message: dict[str, Any]) -> None:
    said = taken(message)
    if said is None:
        return
    assert same_origin(said.id, said.actor)
    list(references(said))
    inbound_of(said, None, 0, None, now())  # type: ignore[arg-type]
    believable = believed(said)
    if believable is not None:
        assert same_origin(believable["id"], said.actor)
        assert owners(believable) == {said.actor}


@settings(max_examples=500, deadline=None)
@given(MESSAGES, st.sampled_from(["Create", "Update", "Delete"]))
def test_nobody_changes_what_is_of_another_origin(message: dict[str, Any], kind: str) -> None:
    said = taken(message | {"type": kind})
    if said is not None:
        assert said.object_ids
        assert same_origin(said.actor, *said.object_ids)
        assert said.raw_object is None or owners(said.raw_object) <= {said.actor}


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_every_piece_of_bytes_is_an_activity_or_refused(body: bytes) -> None:
    with suppress(Denied):
        read(body)


async def test_no_message_makes_the_server_fail(calm_town: Town) -> None:
    bob = await calm_town.known(BOB)
    messages: list[dict[str, Any]] = []

    @settings(max_examples=250, deadline=None, database=None)
    @given(MESSAGES)
    def collect(message: dict[str, Any]) -> None:
        messages.append(message)

    collect()
    for message in messages:
        said = message | {"id": bob.new_id(), "actor": BOB}
        reply = await calm_town.post(calm_town.letter(bob, Kind.CAVAGE, said))
        assert reply.status == 202 or 400 <= reply.status < 500, (said, reply.body)
    await calm_town.processor.settle()
    async with asyncio.timeout(90):
        while await calm_town.site.sql("SELECT EXISTS (SELECT FROM inbox_activities WHERE state = 'leased')"):
            await asyncio.sleep(0.05)
    mistakes = await calm_town.site.rows(
        "SELECT type, error, body FROM inbox_activities WHERE error ~ '^[A-Za-z]+Error'"
    )
    assert mistakes == []
    assert await calm_town.site.sql("SELECT count(*) FROM inbox_activities") > 20
