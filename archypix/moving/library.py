"""A person's account and library, table by table."""

from __future__ import annotations

from typing import Final

from archypix.moving import ids
from archypix.moving.describing import Moves
from archypix.moving.ids import Each, Keys, One, Values

MINE: Final = "t.account_id = $1"
OWN: Final = "t.owner_id = $1"
OF_PICTURES: Final = "t.picture_id IN (SELECT id FROM pictures WHERE owner_id = $1)"
OF_OPERATIONS: Final = "t.operation_id IN (SELECT id FROM operations WHERE owner_id = $1)"
OF_HIERARCHIES: Final = "t.hierarchy_id IN (SELECT id FROM hierarchies WHERE account_id = $1)"
OF_DEVICES: Final = "t.token_id IN (SELECT id FROM drive_tokens WHERE account_id = $1)"
ACCOUNT: Final = {"account_id": One("account")}
OWNER: Final = {"owner_id": One("account")}
# Whoever looks at something while nothing changes is noted all the same.
USED: Final = frozenset({"last_used_at", "last_address"})
LEASED: Final = "nobody is at it"
NUMBERED: Final = "numbers are given anew, in the same order"

FIRST: Final[tuple[Moves, ...]] = (
    Moves(
        "accounts",
        "t.id = $1",
        ("t.id::integer",),
        {"id": One("account")},
        left={
            "held_at": "it is of the move",
            "arriving": "it is of the move",
            "moved_to": "it is of the move",
            "moved_at": "it is of the move",
            "claimed_at": "whose the name is changes with the move",
            "refused_at": "whoever moves has their name",
            "reported_at": "whoever moves is not deleted",
        },
    ),
    Moves(
        "libraries",
        MINE,
        ("t.account_id::integer",),
        ACCOUNT | {"keywords_root": One("tag")},
        counted=frozenset({"original_bytes", "version_bytes", "trash_bytes", "picture_count", "trash_count"}),
        left={"tags_revision": "it counts changes in this database"},
    ),
    Moves("sessions", MINE, ("t.id::uuid",), ACCOUNT, unsummed=USED),
    Moves("tokens", MINE, ("t.id::uuid",), ACCOUNT, unsummed=USED),
    Moves("sign_in_places", MINE, ("t.place_hash::bytea",), ACCOUNT, unsummed=USED),
    Moves(
        "tags",
        OWN,
        ("t.depth::smallint", "t.id::integer"),
        OWNER | {"id": One("tag"), "parent_id": One("tag"), "lineage": Each("tag")},
        counted=frozenset({"depth", "count", "total"}),
        late=frozenset({"cover_id"}),
    ),
    Moves(
        "pictures",
        OWN,
        ("t.id::uuid",),
        OWNER
        | {
            "origin_owner_id": One("remote"),
            "tag_ids": Each("tag", sorted=True),
            "tag_closure": Each("tag", sorted=True),
        },
        left={"blob_id": "the file is known by its hash"},
        blob="sha256",
    ),
    Moves("picture_metadata", OF_PICTURES, ("t.picture_id::uuid",), page=100),
    Moves("versions", OWN, ("t.id::uuid",), OWNER, left={"blob_id": "the file is known by its hash"}, blob="sha256"),
    Moves(
        "assignments",
        OF_PICTURES,
        ("t.picture_id::uuid", "t.tag_id::integer", "t.source::text", "t.source_id::bigint"),
        {"tag_id": One("tag"), "source_id": ids.by_source},
        page=2000,
    ),
    Moves("unhashed_pictures", OF_PICTURES, ("t.picture_id::uuid",)),
    Moves(
        "jobs",
        OF_PICTURES,
        ("t.id::uuid",),
        left={
            "blob_id": "the file is known by its hash",
            "lease_until": LEASED,
            "claim_token": LEASED,
            "worker": LEASED,
        },
        instead={"state": "CASE t.state WHEN 'leased' THEN 'due' ELSE t.state END"},
        also={"blob": "(SELECT b.sha256 FROM blobs b WHERE b.id = t.blob_id)"},
        blob="blob",
    ),
    Moves(
        "operations",
        OWN,
        ("t.number::bigint",),
        OWNER | {"moved": ids.steps, "notes": ids.notes, "drive_token": One("drive_token")},
        page=100,
    ),
    Moves(
        "operation_items",
        OF_OPERATIONS,
        ("t.ctid::tid",),
        {"tag_id": One("tag"), "source_id": ids.by_source},
        page=5,
    ),
    Moves(
        "operation_tags",
        OF_OPERATIONS,
        ("t.operation_id::uuid", "t.tag_id::integer"),
        {"tag_id": One("tag"), "parent_id": One("tag")},
    ),
    Moves("saved_searches", OWN, ("t.id::uuid",), OWNER),
    Moves("picture_hashes", OWN, ("t.picture_id::uuid",), OWNER),
    Moves("similar_pairs", OWN, ("t.one::uuid", "t.other::uuid"), OWNER),
    Moves("duplicate_groups", OWN, ("t.id::uuid",), OWNER),
    Moves(
        "duplicate_members",
        "t.group_id IN (SELECT id FROM duplicate_groups WHERE owner_id = $1)",
        ("t.picture_id::uuid", "t.kind::text"),
    ),
    Moves("duplicate_verdicts", OWN, ("t.id::uuid",), OWNER | {"tagged_tags": Each("tag")}, page=50),
    Moves(
        "decided_pairs",
        "t.verdict_id IN (SELECT id FROM duplicate_verdicts WHERE owner_id = $1)",
        ("t.one::uuid", "t.other::uuid", "t.verdict_id::uuid"),
    ),
    Moves("links", MINE, ("t.id::uuid",), ACCOUNT | {"tag_id": One("tag")}),
    Moves("link_uploads", MINE, ("t.id::bigint",), ACCOUNT, left={"id": NUMBERED}),
    Moves("notices", MINE, ("t.id::bigint",), ACCOUNT, left={"id": NUMBERED}),
    Moves(
        "hierarchies",
        MINE,
        ("t.id::uuid",),
        ACCOUNT | {"config": ids.hierarchy, "tags": Each("tag", sorted=True)},
        page=20,
    ),
    Moves(
        "hierarchy_names",
        OF_HIERARCHIES,
        ("t.hierarchy_id::uuid", "t.folder_key::text", "t.name_key::text"),
        {"folder_key": ids.folder},
    ),
    Moves("drive_settings", MINE, ("t.account_id::integer",), ACCOUNT),
    Moves("drive_tokens", MINE, ("t.id::integer",), ACCOUNT | {"id": One("drive_token")}, unsummed=USED),
    Moves("drive_brakes", OF_DEVICES, ("t.token_id::integer",), {"token_id": One("drive_token")}),
    Moves(
        "drive_deeds", OF_DEVICES, ("t.id::bigint",), {"token_id": One("drive_token")}, left={"id": NUMBERED}, page=100
    ),
    Moves(
        "drive_arrivals",
        OF_DEVICES,
        ("t.token_id::integer", "t.picture_id::uuid"),
        {"token_id": One("drive_token")},
    ),
    Moves("drive_locks", OF_HIERARCHIES, ("t.id::uuid",), {"token_id": One("drive_token")}),
    Moves("drive_properties", OF_HIERARCHIES, ("t.hierarchy_id::uuid", "t.path::text", "t.name::text"), page=50),
    Moves("drive_property_room", OF_HIERARCHIES, ("t.hierarchy_id::uuid",)),
    Moves(
        "drive_scraps",
        f"{OF_HIERARCHIES} AND t.state = 'ready'",
        ("t.id::uuid",),
        {"token_id": One("drive_token")},
        page=20,
    ),
)

# What others have triggers for comes when those are through.
LAST: Final[tuple[Moves, ...]] = (
    Moves("pipelines", OWN, ("t.owner_id::integer",), OWNER),
    Moves(
        "services",
        OWN,
        ("t.id::integer",),
        OWNER
        | {
            "id": One("service"), "requires": Each("tag"), "excludes": Each("tag"), "names": Values("tag"),
            "tags": Each("tag", sorted=True), "lost": Keys("tag"),
        },
        page=50,
    ),
    Moves("dirty_pictures", OWN, ("t.number::bigint",), OWNER, left={"number": NUMBERED}),
    Moves("duplicates_due", OWN, ("t.id::bigint",), OWNER, left={"id": NUMBERED}),
    Moves("share_log", MINE, ("t.number::bigint",), ACCOUNT, left={"number": NUMBERED}),
)  # fmt: skip
