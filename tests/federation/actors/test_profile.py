"""What people set of themselves, and what others read of it."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import UUID

import pyvips

from archypix.storage.keys import Variant, thumbnail_key
from federation.actors.service import ActorService
from tests.federation.actors.stranger import BASE, Stranger
from tests.uploads.site import Person, Site, photo

ME = f"{BASE}/users/alice"


async def test_a_profile_is_read_and_changed(alice: Person, stranger: Stranger) -> None:
    before = await alice.get("/account/profile")
    assert (before["handle"], before["uri"], before["summary"]) == ("@alice@a.test", ME, "")
    changed = await alice.send(
        "PATCH",
        "/account/profile",
        {
            "summary": "I <b>photograph</b>.\n\nSee https://example.org/a?b=1&c=2.",
            "properties": [{"name": "Home", "value": "https://example.org/alice"}],
            "discoverable": False,
            "approves_followers": True,
        },
    )
    assert changed["approves_followers"] is True
    actor = await stranger.get(ME)
    assert actor["summary"] == (
        "<p>I &lt;b&gt;photograph&lt;/b&gt;.</p>"
        '<p>See <a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">'
        "https://example.org/a?b=1&amp;c=2</a>.</p>"
    )
    assert actor["discoverable"] is False
    assert actor["manuallyApprovesFollowers"] is True
    assert actor["attachment"][0]["type"] == "PropertyValue"
    assert 'href="https://example.org/alice"' in actor["attachment"][0]["value"]
    assert await alice.get("/account/profile") == changed


async def test_what_is_too_long_or_no_text_is_refused(alice: Person) -> None:
    bad: list[dict[str, Any]] = [
        {"summary": "x" * 2001},
        {"summary": "a\x00b"},
        {"properties": [{"name": "", "value": "x"}]},
        {"properties": [{"name": "a", "value": "x\ny"}]},
        {"properties": [{"name": "a", "value": "b"}] * 9},
        {"unknown": 1},
        {"also_known_as": ["http://user@host/x"]},
        {"also_known_as": [f"https://x.test/{n}" for n in range(11)]},
        {"also_known_as": ["https://x.test/" + "a" * 2100]},
        {"also_known_as": ["https://x.test/a b"]},
        {"also_known_as": ['https://x.test/"><script>']},
        {"summary": "half", "also_known_as": ["https://x.test/\n"]},
    ]
    for body in bad:
        await alice.send("PATCH", "/account/profile", body, status=422)
    surrogate = await alice.call(
        "PATCH",
        "/account/profile",
        data=b'{"summary": "\\ud800"}',
        headers={"Content-Type": "application/json"},
    )
    assert 400 <= surrogate.status < 500
    assert (await alice.get("/account/profile"))["summary"] == ""


async def test_earlier_homes_are_named(alice: Person, stranger: Stranger) -> None:
    homes = ["https://old.example/users/alice"]
    await alice.send("PATCH", "/account/profile", {"also_known_as": homes * 2})
    assert (await stranger.get(ME))["alsoKnownAs"] == homes
    await alice.send("PATCH", "/account/profile", {"also_known_as": []})
    assert "alsoKnownAs" not in await stranger.get(ME)


async def test_keys_are_rotated(site: Site, alice: Person, stranger: Stranger) -> None:
    actors: ActorService = site.service(ActorService)
    before = await stranger.get(ME)
    me = await actors.of_account(alice.id)
    old = (await actors.signer(me.id)).key.key
    await alice.send("POST", "/account/keys/rotate", {})
    after = await stranger.get(ME)
    assert after["publicKey"]["id"] == before["publicKey"]["id"]
    assert after["publicKey"]["publicKeyPem"] != before["publicKey"]["publicKeyPem"]
    assert after["assertionMethod"] != before["assertionMethod"]
    new = (await actors.signer(me.id)).key.key
    assert new.public_key() != old.public_key()
    assert await site.sql("SELECT count(*) FROM actor_keys WHERE retired_at IS NOT NULL AND sealed IS NOT NULL") == 0


async def test_an_administrator_rotates_the_keys_of_the_server(site: Site, alice: Person, stranger: Stranger) -> None:
    before = await stranger.get("/actor")
    await alice.send("POST", "/admin/federation/keys/rotate", status=403)
    await site.sql("UPDATE accounts SET is_admin = true")
    await site.sql("UPDATE tokens SET scopes = scopes || ARRAY['admin']")
    await alice.send("POST", "/admin/federation/keys/rotate", status=204)
    after = await stranger.get("/actor")
    assert after["publicKey"]["publicKeyPem"] != before["publicKey"]["publicKeyPem"]
    assert await site.sql("SELECT count(*) FROM audit_log WHERE action = 'keys.rotated'") == 1


async def test_a_portrait_is_made_of_a_picture(site: Site, alice: Person, stranger: Stranger) -> None:
    picture_id = await _picture_with_thumbnail(site, alice)
    profile = await alice.send("PUT", "/account/profile/avatar", {"picture": picture_id})
    icon = (await stranger.get(ME))["icon"]
    assert icon == {"type": "Image", "mediaType": "image/jpeg", "url": profile["avatar"]}
    answer = await stranger.ask(icon["url"], accept="image/*")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in answer.headers["Cache-Control"]
    image = pyvips.Image.new_from_buffer(answer.body, "")
    assert (image.width, image.height) == (400, 400)
    finger = await stranger.webfinger("acct:alice@a.test", rel="http://webfinger.net/rel/avatar")
    assert finger.json["links"][0]["href"] == icon["url"]
    await alice.send("DELETE", "/account/profile/avatar")
    assert "icon" not in await stranger.get(ME)
    assert (await stranger.ask(icon["url"])).status == 404


async def test_a_portrait_shows_the_square_that_was_chosen(site: Site, alice: Person, stranger: Stranger) -> None:
    # Black, but for a white square at its right end.
    scene = pyvips.Image.black(640, 480, bands=3).draw_rect([255] * 3, 400, 240, 240, 240, fill=True)
    picture_id = await _picture_with_thumbnail(site, alice, scene, "large")
    square = {"left": 400 / 640, "top": 0.5, "edge": 0.5}
    profile = await alice.send("PUT", "/account/profile/avatar", {"picture": picture_id, "square": square})
    image = pyvips.Image.new_from_buffer((await stranger.ask(profile["avatar"], accept="image/*")).body, "")
    assert (image.width, image.height) == (400, 400)
    assert image.avg() > 250
    # What begins too far right is moved to where it fits.
    beyond = {"picture": picture_id, "square": {"left": 1, "top": 1, "edge": 1}}
    await alice.send("PUT", "/account/profile/avatar", beyond)
    for wrong in ({"left": 2}, {"edge": 0}, {"left": "a"}, {"top": None}):
        refused = {"picture": picture_id, "square": square | wrong}
        await alice.send("PUT", "/account/profile/avatar", refused, status=422)


async def test_a_portrait_needs_a_picture_of_ones_own(site: Site, alice: Person) -> None:
    picture = (await alice.upload(photo())).json
    await alice.send("PUT", "/account/profile/avatar", {"picture": picture["id"]}, status=409)
    await alice.send("PUT", "/account/profile/avatar", {"picture": "nonsense"}, status=404)
    mallory = await site.person("mallory")
    await mallory.send("PUT", "/account/profile/avatar", {"picture": picture["id"]}, status=404)


async def _picture_with_thumbnail(
    site: Site, person: Person, scene: pyvips.Image | None = None, size: Variant = "medium"
) -> str:
    """A picture whose thumbnail is there, without a worker."""
    picture = (await person.upload(photo())).json
    blob: UUID = await site.sql("SELECT blob_id FROM pictures WHERE id = $1", UUID(picture["id"]))
    image = (scene or pyvips.Image.black(640, 480, bands=3)).webpsave_buffer()
    async with site.storage.open_writer(media_type="image/webp", size=len(image)) as writer:
        await writer.write(BytesIO(image).read())
        await writer.commit(thumbnail_key(blob, size))
    await site.sql("UPDATE pictures SET has_thumbnails = true WHERE blob_id = $1", blob)
    return str(picture["id"])
