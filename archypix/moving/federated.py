"""What a person is to others, table by table: actors, those who follow and are followed, shares."""

from __future__ import annotations

from typing import Final

from archypix.moving.describing import Moves
from archypix.moving.ids import One

MINE: Final = "t.account_id = $1"
OF_ACTORS: Final = "t.actor_id IN (SELECT id FROM actors WHERE account_id = $1)"
OF_COLLECTIONS: Final = "t.collection_id IN (SELECT id FROM collections WHERE account_id = $1)"
OF_SHARES: Final = "t.share_id IN (SELECT id FROM shares WHERE account_id = $1)"
OF_GRANTS: Final = (
    "t.grant_id IN (SELECT g.id FROM grants g JOIN shares s ON s.id = g.share_id WHERE s.account_id = $1)"
)
SEEN: Final = (
    "(SELECT e.post_id FROM feed_entries e JOIN following f ON f.remote_actor_id = e.source_id WHERE f.account_id = $1"
    " UNION SELECT l.post_id FROM feed_likes l WHERE l.account_id = $1)"
)
ACCOUNT: Final = {"account_id": One("account")}
NUMBERED: Final = "numbers are given anew, in the same order"
LEASED: Final = "nobody is at it"

MOVES: Final[tuple[Moves, ...]] = (
    Moves("avatars", MINE, ("t.id::uuid",), ACCOUNT, page=2),
    Moves("actors", MINE, ("t.id::integer",), ACCOUNT | {"id": One("actor")}),
    Moves(
        "actor_keys",
        OF_ACTORS,
        ("t.id::bigint",),
        {"actor_id": One("actor")},
        left={"id": NUMBERED},
        unsummed=frozenset({"sealed"}),
    ),
    Moves("activities", OF_ACTORS, ("t.id::bigint",), {"id": One("activity"), "actor_id": One("actor")}, page=200),
    Moves(
        "deliveries",
        "t.activity_id IN (SELECT v.id FROM activities v JOIN actors a ON a.id = v.actor_id WHERE a.account_id = $1)",
        ("t.id::bigint",),
        {"activity_id": One("activity")},
        left={"id": NUMBERED, "attempts": "they are the other server's", "error": "it is the other server's"},
        instead={"retry_at": "'infinity'::timestamptz"},
        unsummed=frozenset({"key", "local", "host", "inbox"}),
    ),
    Moves("aversions", MINE, ("t.id::uuid",), ACCOUNT | {"remote_actor_id": One("remote")}),
    Moves("followers", OF_ACTORS, ("t.id::uuid",), {"actor_id": One("actor"), "remote_actor_id": One("remote")}),
    Moves("following", MINE, ("t.id::uuid",), ACCOUNT | {"remote_actor_id": One("remote")}),
    Moves(
        "feed_posts",
        f"t.id IN {SEEN}",
        ("t.id::uuid",),
        {"author_id": One("remote"), "id": One("post")},
        common=("uri",),
        page=50,
    ),
    Moves(
        "feed_entries",
        f"t.post_id IN {SEEN}",
        ("t.post_id::uuid", "t.source_id::bigint"),
        {"source_id": One("remote"), "post_id": One("post")},
        common=("post_id", "source_id"),
    ),
    Moves("feed_likes", MINE, ("t.post_id::uuid",), ACCOUNT | {"post_id": One("post")}),
    Moves("collections", MINE, ("t.id::uuid",), ACCOUNT | {"actor_id": One("actor"), "tag_id": One("tag")}),
    Moves("posts", OF_COLLECTIONS, ("t.id::uuid",), counted=frozenset({"likes", "boosts", "replies"})),
    Moves("post_pictures", OF_COLLECTIONS, ("t.collection_id::uuid", "t.picture_id::uuid")),
    Moves(
        "reactions",
        "t.post_id IN (SELECT p.id FROM posts p JOIN collections c ON c.id = p.collection_id WHERE c.account_id = $1)",
        ("t.id::uuid",),
        {"remote_actor_id": One("remote")},
        page=100,
    ),
    Moves(
        "shares",
        MINE,
        ("t.id::uuid",),
        ACCOUNT | {"tag_id": One("tag"), "sender_id": One("remote"), "recipient_id": One("remote")},
        counted=frozenset({"digest", "announced"}),
    ),
    Moves(
        "grants",
        OF_SHARES,
        ("t.level::smallint", "t.id::uuid"),
        {"holder_id": One("remote"), "via_id": One("remote")},
    ),
    Moves(
        "grant_pictures",
        OF_GRANTS,
        ("(SELECT g.level FROM grants g WHERE g.id = t.grant_id)::smallint", "t.grant_id::uuid", "t.picture_id::uuid"),
        page=2000,
    ),
    Moves("shared_pictures", MINE, ("t.picture_id::uuid",), ACCOUNT),
    Moves("share_members", OF_SHARES, ("t.share_id::uuid", "t.picture_id::uuid"), {"owner_id": One("remote")}),
    Moves("share_snapshots", OF_SHARES, ("t.share_id::uuid", "t.picture_id::uuid"), page=2000),
    Moves("ended_shares", MINE, ("t.share_id::uuid",), ACCOUNT),
    Moves(
        "incoming_shares",
        MINE,
        ("t.number::bigint",),
        ACCOUNT | {"number": One("incoming"), "sender_id": One("remote"), "tag_id": One("tag")},
        counted=frozenset({"held", "digest"}),
        late=frozenset({"moved_from"}),
    ),
    Moves(
        "received",
        MINE,
        ("t.share_id::uuid", "t.uri::text"),
        ACCOUNT | {"owner_id": One("remote")},
    ),
    Moves("received_wanted", MINE, ("t.uri::text",), ACCOUNT),
    Moves(
        "share_checks",
        MINE,
        ("t.share::text",),
        ACCOUNT | {"actor_id": One("remote")},
        left={"lease": LEASED},
    ),
    Moves(
        "copies",
        MINE,
        ("t.id::uuid",),
        ACCOUNT | {"owner_id": One("remote")},
        left={"lease": LEASED, "leased_until": LEASED},
    ),
    Moves("arrivals_from", MINE, ("t.origin::text",), ACCOUNT, left={"since": "a new time does as well"}),
)
