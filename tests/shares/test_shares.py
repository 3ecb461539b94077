"""A share's life: offered, answered, changed, ended; and what that means for access at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from archypix.core import clock
from archypix.core.errors import ArchypixError, Conflict, Invalid, NotFound
from archypix.shares.models import Glimpse, Rights
from tests.shares.street import Street

BOB, CAROL = "bob@b.test", "carol@c.test"
BLUR = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"


async def test_a_share_gives_access_once_it_is_accepted(street: Street) -> None:
    inside = await street.shelf.add(tags=("/Alps/2019",))
    outside = await street.shelf.add(tags=("/Sea",))
    share = await street.share(BOB, accept=False)
    assert (share.state, share.name, share.path, share.total) == ("pending", "Alps", "/Alps", 1)
    assert await street.gets(BOB, inside, outside) == [403, 403]
    bob = await street.person(BOB)
    async with street.database.transaction() as connection:
        accepted = await street.shares.service.accepted(connection, share.id, bob.id)
    assert accepted is not None
    assert accepted.state == "active"
    assert await street.gets(BOB, inside, outside) == [200, 403]
    assert await street.gets(CAROL, inside) == [403]
    assert [page[0] for page in street.book.read()] == ["offered"]
    (holder,) = await street.shares.service.holders(street.alice, share.id)
    assert (holder.id, holder.holder.handle, holder.parent) == (share.id, f"@{BOB}", None)
    assert holder.last_access is not None


async def test_an_offer_shows_days_and_colours_of_what_is_ones_own(street: Street) -> None:
    for day in (3, 1):
        await street.shelf.add(tags=("/Alps/2024",), captured_at=datetime(2024, 7, day, 12), blurhash=BLUR)
    received, trashed = [
        await street.shelf.add(tags=("/Alps",), captured_at=datetime(2025, 1, 1), blurhash="LOTHERS") for _ in range(2)
    ]
    await street.shelf.sql(
        "UPDATE pictures SET origin_uri = 'https://c.test/p/1', blob_id = NULL, sha256 = NULL WHERE id = $1", received
    )
    await street.shelf.trash(trashed)
    await street.share(BOB)
    await street.shelf.trash(*await street.shelf.sql("SELECT array_agg(id) FROM pictures WHERE blurhash = $1", BLUR))
    await street.share(CAROL)
    assert street.book.glimpses == [Glimpse(date(2024, 7, 1), date(2024, 7, 3), (BLUR, BLUR)), None]


async def test_what_comes_under_the_tag_is_shared_and_what_leaves_it_is_not(street: Street) -> None:
    first = await street.shelf.add(tags=("/Alps",))
    await street.share(BOB)
    later = await street.shelf.add(tags=("/Alps/New",))
    assert await street.gets(BOB, first, later) == [200, 200]
    await street.shelf.sql("DELETE FROM assignments WHERE picture_id = $1", first)
    assert await street.gets(BOB, first, later) == [403, 200]


async def test_a_share_without_later_pictures_keeps_to_those_that_were_there(street: Street) -> None:
    first = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, future=False)
    later = await street.shelf.add(tags=("/Alps",))
    assert await street.gets(BOB, first, later) == [200, 403]
    await street.shares.service.update(street.alice, share.id, {"future": True})
    assert await street.gets(BOB, first, later) == [200, 200]


async def test_pictures_in_the_trash_are_still_theirs_and_purged_ones_are_gone(street: Street) -> None:
    trashed, purged = [await street.shelf.add(tags=("/Alps",)) for _ in range(2)]
    share = await street.share(BOB)
    await street.shelf.trash(trashed, purged)
    assert await street.gets(BOB, trashed, purged) == [200, 200]
    await street.shelf.sql(
        "INSERT INTO share_members (share_id, picture_id, uri, owner_id, state, revision)"
        " SELECT $1, $2, $3, sender_id, 'announced', 1 FROM shares WHERE id = $1",
        share.id, purged, street.uri(purged),
    )  # fmt: skip
    await street.shelf.sql("DELETE FROM pictures WHERE id = $1", purged)
    assert await street.gets(BOB, trashed, purged) == [200, 410]
    assert await street.gets(CAROL, purged, uuid4()) == [404, 404]
    bob = await street.person(BOB)
    async with street.database.connection() as connection:
        (other,) = await street.shares.access.access(
            connection, bob.id, [(street.uri(purged, owner="bob"), "original")]
        )
    assert other.status == 404


async def test_previews_only(street: Street) -> None:
    ready = await street.shelf.add(tags=("/Alps",), has_thumbnails=True)
    waiting = await street.shelf.add(tags=("/Alps",), state="processing")
    never = await street.shelf.add(tags=("/Alps",), kind="other")
    await street.share(BOB, originals=False)
    found = await street.ask(
        BOB, (ready, "original"), (ready, "small"), (ready, "large"), (waiting, "small"), (never, "small")
    )
    assert [one.status for one in found] == [403, 200, 200, 409, 404]
    assert found[0].blob_id is None
    assert found[0].sha256 is None
    assert (found[1].blob_id, found[1].media_type, found[1].sha256) == (street.shelf.blobs[ready], "image/webp", None)


async def test_originals_come_with_their_place_and_name(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",), size=77, filename="a.jpg")
    await street.share(BOB)
    (found,) = await street.ask(BOB, (picture, "original"))
    assert (found.status, found.blob_id, found.size, found.filename, found.media_type) == (
        200, street.shelf.blobs[picture], 77, "a.jpg", "image/jpeg",
    )  # fmt: skip
    assert found.sha256 is not None
    assert found.uri == street.uri(picture)


async def test_addresses_of_others_lead_nowhere(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    await street.share(BOB)
    bob = await street.person(BOB)
    wrong = [
        street.uri(picture, owner="bob"),
        f"https://evil.test/users/alice/pictures/{picture}",
        street.uri(picture).upper(),
        f"{street.uri(picture)}?x",
        f"{street.uri(picture)}\0",
        "\ud800/pictures/" + str(picture),
        "",
        str(picture),
    ]
    async with street.database.connection() as connection:
        found = await street.shares.access.access(connection, bob.id, [(uri, "original") for uri in wrong])
    assert [one.status for one in found] == [404] * len(wrong)


async def test_revoking_ends_access_at_once_and_for_good(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    street.book.read()
    revoked = await street.shares.service.revoke(street.alice, share.id)
    assert revoked.state == "revoked"
    assert revoked.ended_at is not None
    assert await street.gets(BOB, picture) == [403]
    again = await street.shares.service.revoke(street.alice, share.id)
    assert again.state == "revoked"
    assert [page[0] for page in street.book.read()] == ["revoked"]
    bob = await street.person(BOB)
    async with street.database.transaction() as connection:
        late = await street.shares.service.accepted(connection, share.id, bob.id)
    assert late is not None
    assert late.state == "revoked"
    assert await street.gets(BOB, picture) == [403]
    assert list(await street.shares.service.list(street.alice)) == []
    assert [one.id for one in await street.shares.service.list(street.alice, ended=True)] == [share.id]


async def test_declining_and_leaving(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    bob, carol = await street.person(BOB), await street.person(CAROL)
    declined = await street.share(BOB, accept=False)
    left = await street.share(CAROL)
    street.book.read()
    async with street.database.transaction() as connection:
        service = street.shares.service
        assert await service.declined(connection, declined.id, carol.id) is None
        assert await service.left(connection, left.id, bob.id) is None
        assert await service.accepted(connection, uuid4(), bob.id) is None
        ended = [
            await service.declined(connection, declined.id, bob.id),
            await service.left(connection, left.id, carol.id),
        ]
        assert [one and one.state for one in ended] == ["declined", "left"]
        again = await service.accepted(connection, declined.id, bob.id)
        assert again is not None
        assert again.state == "declined"
    assert await street.gets(CAROL, picture) == [403]
    assert street.book.read() == []


async def test_the_end_comes_by_itself(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB, ends_at=clock.now() + timedelta(hours=1))
    assert await street.shares.service.expire() == 0
    assert await street.gets(BOB, picture) == [200]
    street.book.read()
    await street.shelf.sql("UPDATE shares SET ends_at = now() - interval '1 second' WHERE id = $1", share.id)
    # Nobody has swept yet, and it is over nevertheless.
    assert await street.gets(BOB, picture) == [403]
    with pytest.raises(Conflict):
        await street.shares.service.update(street.alice, share.id, {"ends_at": None})
    assert await street.shares.service.expire() == 1
    assert [page[0] for page in street.book.read()] == ["revoked"]
    assert (await street.shares.service.get(street.alice, share.id)).state == "expired"


async def test_rights_change_at_once(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    street.book.read()
    changed = await street.shares.service.update(street.alice, share.id, {"originals": False, "name": "Hills"})
    assert (changed.name, changed.rights, changed.sequence) == ("Hills", Rights(originals=False), share.sequence + 1)
    assert await street.gets(BOB, picture) == [403]
    assert [page[0] for page in street.book.read()] == ["changed"]
    await street.shares.service.update(street.alice, share.id, {"originals": False})
    assert street.book.read() == []


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"tag": "/Nothing"}, Invalid),
        ({"tag": "Alps"}, Invalid),
        ({"recipient": "@nobody@b.test"}, NotFound),
        ({"recipient": "@alice@a.test"}, Invalid),
        ({"recipient": None}, Invalid),
        ({"ends_at": clock.now() - timedelta(seconds=1)}, Invalid),
        ({"answers": uuid4()}, NotFound),
        ({}, Conflict),
    ],
)
async def test_shares_that_cannot_be(street: Street, values: dict[str, object], error: type[ArchypixError]) -> None:
    await street.shelf.add(tags=("/Alps",))
    await street.share(BOB)
    asked: dict[str, object] = {"tag": "/alps", "recipient": f"@{BOB}", "name": "x", **values}
    with pytest.raises(error):
        await street.shares.service.create(street.alice, **asked)  # type: ignore[arg-type]


async def test_others_cannot_touch_it(street: Street) -> None:
    await street.shelf.add(tags=("/Alps",))
    share = await street.share(BOB)
    service, stranger = street.shares.service, street.shelf.bob.id
    for call in (
        service.get(stranger, share.id),
        service.update(stranger, share.id, {"name": "x"}),
        service.revoke(stranger, share.id),
        service.holders(stranger, share.id),
        service.cut(stranger, share.id, share.id),
    ):
        with pytest.raises(NotFound):
            await call


async def test_pictures_of_a_disabled_account_are_nobodys(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    await street.share(BOB)
    await street.shelf.sql("UPDATE accounts SET disabled_at = now() WHERE id = $1", street.alice)
    assert await street.gets(BOB, picture) == [403]
    await street.shelf.sql("UPDATE accounts SET disabled_at = NULL WHERE id = $1", street.alice)
    assert await street.gets(BOB, picture) == [200]


async def test_sharing_with_somebody_here_goes_the_same_way(street: Street) -> None:
    picture = await street.shelf.add(tags=("/Alps",))
    await street.share("bob@a.test")
    assert await street.gets("bob@a.test", picture) == [200]
