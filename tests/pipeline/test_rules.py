"""Services of rules: what they give and take as pictures, tags and the services themselves change."""

from __future__ import annotations

from uuid import UUID

from archypix.pictures.locks import lock_library
from archypix.pictures.selection import Selection
from tests.pipeline.desk import Desk

CANON = {"field": "camera_make", "equals": "canon", "ignore_case": True}


def _only(picture: UUID) -> Selection:
    return Selection(include=(picture,))


async def test_a_rule_gives_its_tag_to_what_is_there_and_what_comes(desk: Desk) -> None:
    there = await desk.shelf.add(camera_make="Canon")
    other = await desk.shelf.add(camera_make="Nikon")
    await desk.rule(CANON, "/Auto/Canon")
    assert await desk.tags(there) == ["/Auto/Canon"]
    assert await desk.tags(other) == []
    later = await desk.shelf.add(camera_make="CANON")
    assert await desk.tags(later) == ["/Auto/Canon"]
    assert await desk.wrong() == []


async def test_a_tag_goes_when_the_picture_no_longer_follows_and_comes_back(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    await desk.rule("rating:5", "/Best")
    assert await desk.tags(picture) == ["/Best"]
    await desk.edit(picture, rating=3)
    assert await desk.tags(picture) == []
    await desk.edit(picture, rating=5)
    assert await desk.tags(picture) == ["/Best"]


async def test_of_several_sources_only_the_service_takes_its_own(desk: Desk) -> None:
    picture = await desk.shelf.add(tags=("/Best",), rating=5)
    await desk.rule("rating:5", "/Best")
    await desk.settle()
    assert await desk.sources(picture, "/Best") == ["manual", "rule"]
    await desk.edit(picture, rating=1)
    assert await desk.tags(picture) == ["/Best"]
    assert await desk.sources(picture, "/Best") == ["manual"]


async def test_gates_ask_for_tags_with_their_ancestors(desk: Desk) -> None:
    alps = await desk.shelf.add(tags=("/Travel/Alps/2020",))
    private = await desk.shelf.add(tags=("/Travel/Alps", "/Private/Own"))
    other = await desk.shelf.add(tags=("/Home",))
    await desk.rule({"always": True}, "/Shown", requires=["/Travel", "/Travel/Alps"], excludes=["/Private"])
    assert "/Shown" in await desk.tags(alps)
    assert "/Shown" not in await desk.tags(private)
    assert "/Shown" not in await desk.tags(other)
    await desk.shelf.sql("DELETE FROM assignments WHERE picture_id = $1 AND source = 'manual'", alps)
    assert await desk.tags(alps) == []


async def test_a_service_sees_those_before_it_and_not_itself_or_those_behind(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    itself = await desk.rule({"tag": "/Itself"}, "/Itself", name="itself")
    await desk.rule({"tag": "/Last"}, "/SawTheLast", name="too early")
    first = await desk.rule("rating:5", "/First/One", name="first")
    second = await desk.rule({"tag": "/First"}, "/Second", name="second")
    last = await desk.rule({"and": [{"tag": "/Second"}, {"not": {"untagged": True}}]}, "/Last", name="last")
    assert await desk.tags(picture) == ["/First/One", "/Last", "/Second"]
    everything = [service.service.id for service in (await desk.services.services(desk.alice.id)).services]
    order = [
        second,
        first,
        last,
        itself,
        next(each for each in everything if each not in (itself, first, second, last)),
    ]
    await desk.services.order(desk.alice.id, order)
    assert await desk.tags(picture) == ["/First/One"]
    await desk.services.order(desk.alice.id, [first, second, last, order[-1], itself])
    assert await desk.tags(picture) == ["/First/One", "/Last", "/SawTheLast", "/Second"]
    assert await desk.wrong() == []


async def test_a_tag_of_a_later_service_is_not_seen_though_the_picture_carries_it(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    await desk.rule({"not": {"tag": "/Late"}}, "/NotLate")
    await desk.rule("rating:5", "/Late")
    assert await desk.tags(picture) == ["/Late", "/NotLate"]
    await desk.edit(picture, filename="other.jpg")
    assert await desk.tags(picture) == ["/Late", "/NotLate"]
    await desk.shelf.tags.change_selection(desk.alice.id, _only(picture), add=["/Late"])
    assert await desk.tags(picture) == ["/Late"]


async def test_untagged_means_without_what_people_and_earlier_services_gave(desk: Desk) -> None:
    bare = await desk.shelf.add()
    tagged = await desk.shelf.add(tags=("/By/Hand",))
    first = await desk.rule("filename:picture.jpg rating:5", "/Rated")
    await desk.rule({"untagged": True}, "/Inbox")
    assert await desk.tags(bare) == ["/Inbox"]
    assert await desk.tags(tagged) == ["/By/Hand"]
    await desk.edit(bare, rating=5)
    assert await desk.tags(bare) == ["/Rated"]
    await desk.change(first, enabled=False)
    assert await desk.tags(bare) == ["/Inbox"]


async def test_exact_tags_are_not_carried_by_descendants(desk: Desk) -> None:
    below = await desk.shelf.add(tags=("/A/B",))
    there = await desk.shelf.add(tags=("/A",))
    await desk.rule({"tag": "/A", "exact": True}, "/Exact")
    assert await desk.tags(below) == ["/A/B"]
    assert await desk.tags(there) == ["/A", "/Exact"]


async def test_a_disabled_service_gives_nothing_and_enabled_again_all(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    service = await desk.rule("rating:5", "/Best")
    follower = await desk.rule({"tag": "/Best"}, "/Follows")
    assert await desk.tags(picture) == ["/Best", "/Follows"]
    shown = await desk.change(service, enabled=False)
    assert shown.state == "disabled"
    assert await desk.tags(picture) == []
    await desk.change(service, enabled=True)
    assert await desk.tags(picture) == ["/Best", "/Follows"]
    # Off, something happens, and on again before anybody looked.
    await desk.change(service, enabled=False)
    await desk.edit(picture, filename="other.jpg")
    await desk.runner.step(desk.alice.id)
    await desk.change(service, enabled=True)
    assert await desk.tags(picture) == ["/Best", "/Follows"]
    await desk.change(follower, enabled=False)
    assert await desk.tags(picture) == ["/Best"]
    assert await desk.wrong() == []


async def test_an_edited_rule_takes_what_no_longer_follows(desk: Desk) -> None:
    one, two = await desk.shelf.add(rating=1), await desk.shelf.add(rating=2)
    service = await desk.rules(("rating:1", "/One"), ("rating:2", "/Two"))
    assert await desk.tags(one) == ["/One"]
    await desk.change(service, config={"rules": [{"when": "rating:2", "tag": "/Zwei"}]})
    assert await desk.tags(one) == []
    assert await desk.tags(two) == ["/Zwei"]


async def test_a_deleted_service_takes_its_tags_along_or_leaves_them_as_if_by_hand(desk: Desk) -> None:
    by_hand = await desk.shelf.add(rating=5, tags=("/Best",))
    by_rule = await desk.shelf.add(rating=5)
    trashed = await desk.shelf.add(rating=5)
    gone = await desk.rule("rating:5", "/Gone")
    kept = await desk.rule("rating:5", "/Best")
    await desk.rule({"tag": "/Best"}, "/Follows")
    await desk.settle()
    await desk.shelf.trash(trashed)
    await desk.services.delete(desk.alice.id, gone)
    await desk.services.delete(desk.alice.id, kept, promote=True)
    assert await desk.tags(by_rule) == ["/Best", "/Follows"]
    assert await desk.sources(by_rule, "/Best") == ["manual"]
    assert await desk.sources(by_hand, "/Best") == ["manual"]
    await desk.shelf.trash(trashed, restore=True)
    assert await desk.tags(trashed) == ["/Best", "/Follows"]
    assert [shown.service.name for shown in (await desk.services.services(desk.alice.id)).services] == ["rule"]
    assert await desk.wrong() == []


async def test_only_live_pictures_that_are_examined_are_looked_at(desk: Desk) -> None:
    waiting = await desk.shelf.add(state="processing", rating=5)
    trashed = await desk.shelf.add(rating=5)
    await desk.shelf.trash(trashed)
    await desk.rule("rating:5", "/Best")
    assert await desk.tags(waiting) == [] == await desk.tags(trashed)
    await desk.edit(waiting, state="ready")
    assert await desk.tags(waiting) == ["/Best"]
    await desk.shelf.trash(trashed, restore=True)
    assert await desk.tags(trashed) == ["/Best"]
    await desk.edit(waiting, state="processing")
    await desk.edit(waiting, rating=1)
    assert await desk.tags(waiting) == ["/Best"]
    await desk.edit(waiting, state="failed")
    assert await desk.tags(waiting) == []


async def test_metadata_of_the_file_are_looked_at(desk: Desk) -> None:
    picture = await desk.shelf.add()
    await desk.rule({"field": "exif.LensModel", "equals": "EF 50"}, "/Fifty")
    assert await desk.tags(picture) == []
    await desk.shelf.sql("INSERT INTO picture_metadata VALUES ($1, $2)", picture, {"exif": {"LensModel": "EF 50"}})
    assert await desk.tags(picture) == ["/Fifty"]
    await desk.shelf.sql("UPDATE picture_metadata SET data = $2 WHERE picture_id = $1", picture, {"exif": {}})
    assert await desk.tags(picture) == []


async def test_words_of_texts_are_looked_at(desk: Desk) -> None:
    picture = await desk.shelf.add(title="Sunset at the lake")
    await desk.rule("sunset", "/Sunsets")
    assert await desk.tags(picture) == ["/Sunsets"]
    await desk.edit(picture, title="Lake")
    assert await desk.tags(picture) == []


async def test_accounts_do_not_meet(desk: Desk) -> None:
    mine = await desk.shelf.add(rating=5)
    theirs = await desk.shelf.add(desk.shelf.bob, rating=5)
    await desk.rule("rating:5", "/Best")
    await desk.rule("rating:5", "/Bobs", owner=desk.shelf.bob)
    assert await desk.tags(mine) == ["/Best"]
    carried = await desk.shelf.tags.of_picture(desk.shelf.bob.id, theirs)
    assert [tag.path for tag in carried] == ["/Bobs"]


async def test_marks_are_made_only_for_those_who_have_services_that_care(desk: Desk) -> None:
    async def marks() -> int:
        return int(await desk.shelf.sql("SELECT count(*) FROM dirty_pictures"))

    picture = await desk.shelf.add(tags=("/A",))
    assert await marks() == 0
    service = await desk.rule("rating:5", "/Best")
    await desk.settle()
    await desk.shelf.tags.change_selection(desk.alice.id, _only(picture), add=["/B"])
    assert await marks() == 0
    await desk.edit(picture, rating=4)
    assert await marks() == 1
    await desk.settle()
    await desk.change(service, requires=["/B"])
    await desk.settle()
    await desk.shelf.tags.change_selection(desk.alice.id, _only(picture), remove=["/B"])
    assert await marks() == 1
    await desk.settle()
    await desk.edit(picture, blurhash="x", has_thumbnails=True)
    assert await marks() == 0
    await desk.change(service, enabled=False)
    await desk.settle()
    await desk.edit(picture, rating=3)
    assert await marks() == 0


async def test_many_pictures_are_done_in_portions(desk: Desk) -> None:
    await desk.shelf.sql(
        "INSERT INTO blobs SELECT gen_random_uuid(), sha256(i::text::bytea), 1, 'live' FROM generate_series(1, 3000) i"
    )
    await desk.shelf.sql(
        "INSERT INTO pictures (id, owner_id, blob_id, sha256, size, filename, media_type, kind, state, date_source,"
        " sorted_at, source, rating, ingested_at)"
        " SELECT gen_random_uuid(), $1, id, sha256, 1, 'x', 'image/jpeg', 'image', 'ready', 'file', '2020-01-01',"
        " 'upload', 5, now() - (row_number() OVER () % 7) * interval '1 h' FROM blobs WHERE size = 1",
        desk.alice.id,
    )
    desk.runner.adapt_window(desk.alice.id, 10.0)
    service = await desk.rule("rating:5", "/Best")
    await desk.rule({"tag": "/Best"}, "/Follows")
    await desk.settle()
    paths = await desk.shelf.paths()
    assert paths["/Best"] == (3000, 3000) == paths["/Follows"]
    desk.runner.adapt_window(desk.alice.id, 10.0)
    await desk.change(service, config={"rules": [{"when": "rating:4", "tag": "/Best"}]})
    await desk.settle()
    paths = await desk.shelf.paths()
    assert paths["/Best"] == (0, 0) == paths["/Follows"]
    assert await desk.wrong() == []


async def test_pictures_of_a_share_get_the_tags_that_it_is_mapped_to(desk: Desk) -> None:
    received, other = await desk.shelf.add(), await desk.shelf.add()
    await desk.make("share_mapping", {"share": 7, "tags": ["/From/Bob", "/Friends"]})
    assert await desk.tags(received) == []
    async with desk.shelf.database.transaction() as connection:
        await lock_library(connection, desk.alice.id)
        for picture, share in ((received, 7), (other, 8)):
            await desk.shelf.tags.assign(connection, desk.alice.id, [picture], ["/Got"], "incoming_share", share)
    assert await desk.tags(received) == ["/Friends", "/From/Bob", "/Got"]
    assert await desk.tags(other) == ["/Got"]
    await desk.shelf.sql("DELETE FROM assignments WHERE source = 'incoming_share'")
    assert await desk.tags(received) == []


async def test_a_service_that_fails_keeps_what_it_has_and_the_others_go_on(desk: Desk) -> None:
    picture = await desk.shelf.add(rating=5)
    broken = await desk.rule("rating:5", "/Best")
    await desk.rule({"tag": "/Best"}, "/Follows")
    await desk.settle()
    # As if written by a version that knew other conditions.
    unknown = {"rules": [{"when": {"field": "aura", "equals": "blue"}, "tag": "/Best"}]}
    await desk.shelf.sql("UPDATE services SET config = $2, stale = true WHERE id = $1", broken, unknown)
    await desk.shelf.sql("UPDATE pipelines SET revision = revision + 1")
    await desk.edit(picture, rating=1)
    assert await desk.tags(picture) == ["/Best", "/Follows"]
    shown = await desk.shown(broken)
    assert (shown.state, bool(shown.reason)) == ("failed", True)
    assert (await desk.services.services(desk.alice.id)).pending is False
    other = await desk.shelf.add(tags=("/Best",))
    assert await desk.tags(other) == ["/Best", "/Follows"]
    await desk.change(broken, config={"rules": [{"when": "rating:5", "tag": "/Best"}]})
    assert await desk.tags(picture) == []


async def test_what_a_disabled_service_gave_goes_from_the_trash_too(desk: Desk) -> None:
    trashed = await desk.shelf.add(rating=5)
    service = await desk.rule("rating:5", "/Best")
    await desk.settle()
    await desk.shelf.trash(trashed)
    await desk.change(service, enabled=False)
    await desk.settle()
    await desk.shelf.trash(trashed, restore=True)
    assert await desk.tags(trashed) == []


async def test_an_account_that_goes_takes_its_services_along(desk: Desk) -> None:
    bob = desk.shelf.bob
    await desk.rule("rating:5", "/Best", owner=bob)
    await desk.shelf.sql("INSERT INTO dirty_pictures (owner_id, picture_id) VALUES ($1, gen_random_uuid())", bob.id)
    await desk.shelf.sql("DELETE FROM accounts WHERE id = $1", bob.id)
    for table in ("pipelines", "services", "dirty_pictures"):
        assert await desk.shelf.sql(f"SELECT count(*) FROM {table} WHERE owner_id = $1", bob.id) == 0
