"""Sharing between three servers, each person in a browser of their own: offered, accepted, passed on, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.rig.trio import Trio, until
from tests.web.albums import hang, looked_at
from tests.web.trio import Towns, three_towns
from tests.web.visitor import PHONE, Visit

pytestmark = pytest.mark.browser

NASTY = "<img src=x onerror=alert(1)>"
# What comes from another server, and what a slow machine makes of it.
SOON = 60_000


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Trio, object]]:
    async with three_towns(tmp_path_factory.mktemp("towns")) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def towns(ground: tuple[Trio, object]) -> AsyncIterator[Towns]:
    made = Towns(*ground)  # type: ignore[arg-type]
    yield made
    await made.leave()


async def show_to(visit: Visit, tag: str, handle: str, *, depth: str, message: str) -> None:
    """Share a tag with somebody, as one does it in the dialog."""
    page = visit.page
    await page.get_by_role("button", name="Share…").first.click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Which tag?").fill(tag.strip("/"))
    await page.keyboard.press("Enter")
    await dialog.get_by_label("With whom?").fill(handle)
    await expect(dialog.get_by_text(f"On {handle.rpartition('@')[2]}")).to_be_visible(timeout=SOON)
    await dialog.get_by_label("Message").fill(message)
    await dialog.get_by_label("Pass on").select_option(depth)


async def loads(page: Page, *, at_least: int, host: str) -> None:
    """Until so many thumbnails of a strip are there, all of them from that host."""
    shown = page.locator(".strip-tile > img.there")
    await expect(shown.nth(at_least - 1)).to_be_visible(timeout=SOON)
    hosts = await shown.evaluate_all("all => all.map((one) => new URL(one.src).host)")
    assert set(hosts) == {host}


async def test_shared_accepted_passed_on_and_taken_back(towns: Towns) -> None:
    alice, bob, carol = towns.trio.people()
    hang(alice, "/Alps", 6)

    # Alice offers.
    hers = await towns.visit(alice, "/sharing/mine")
    await expect(hers.page.get_by_role("heading", name="You share nothing yet")).to_be_visible()
    await show_to(hers, "/Alps", bob.handle, depth="1", message=f"From the summer {NASTY}")
    await hers.page.get_by_text("In short").scroll_into_view_if_needed()
    await expect(
        hers.page.get_by_text("They see and download the files, get what you add later, and may pass it on once.")
    ).to_be_visible()
    await looked_at(hers, "sharing-dialog")
    await hers.page.get_by_role("button", name="Offer it").click()
    await expect(hers.page.get_by_text("Not answered yet")).to_be_visible(timeout=SOON)

    # Bob finds it, with a bell, and accepts; what he sees comes from her server.
    his = await towns.visit(bob, "/sharing")
    offer = his.page.get_by_role("listitem").filter(has_text="Alps")
    await expect(offer.get_by_text(f"From the summer {NASTY}")).to_be_visible(timeout=SOON)
    await his.accessible()
    await his.shot("sharing-offer")
    await offer.get_by_role("button", name="Accept").click()
    await expect(his.page.get_by_role("heading", name="Shared with you")).to_be_visible()
    await loads(his.page, at_least=4, host="a.test")
    await his.accessible()
    await his.shot("sharing-with-me")
    # It says so on her page, which nobody touched.
    await expect(hers.page.get_by_text("Active", exact=True)).to_be_visible(timeout=SOON)

    # He puts it under a tag of his, from where it goes on to Carol.
    await his.page.get_by_role("button", name="More: Alps").click()
    await his.page.get_by_role("menuitem", name="Put under tags of mine…").click()
    field = his.page.get_by_role("combobox")
    await field.fill("Family/From Alice")
    await his.page.keyboard.press("Enter")
    await his.accessible()
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.get_by_role("link", name="Family/From Alice")).to_be_visible()
    until(lambda: len(bob.pictures(tag="/Family/From Alice")) == 6, "the pictures under the tag of his own")
    await show_to(his, "/Family/From Alice", carol.handle, depth="0", message="")
    await his.page.get_by_role("button", name="Offer it").click()
    await expect(his.page.get_by_role("dialog")).to_have_count(0, timeout=SOON)

    # Carol, with a phone and in the dark.
    third = await towns.visit(carol, "/sharing", size=PHONE, dark=True)
    await expect(third.page.get_by_role("button", name="Accept")).to_be_visible(timeout=SOON)
    await third.accessible()
    await third.shot("sharing-offer-phone-dark")
    await third.page.get_by_role("button", name="Accept").tap()
    await loads(third.page, at_least=4, host="a.test")
    await third.accessible()
    await third.shot("sharing-with-me-phone-dark")

    # Alice sees who has it, and through whom.
    await hers.page.get_by_role("button", name="Who has it").click()
    tree = hers.page.get_by_role("dialog")
    await expect(tree.get_by_text("2 people, 1 of them through others.")).to_be_visible(timeout=SOON)
    nested = tree.locator(".holder-below").get_by_text(carol.handle)
    await expect(nested).to_be_visible()
    await looked_at(hers, "sharing-holders")
    await tree.get_by_role("button", name="Close").last.click()

    # And ends it: the effect is said before, and it vanishes from both.
    await hers.page.get_by_role("button", name="End it…").click()
    await expect(hers.page.get_by_text("2 people lose access to 6 pictures, at once.")).to_be_visible()
    await looked_at(hers, "sharing-revoke")
    await hers.page.get_by_role("button", name="End it", exact=True).click()
    await expect(hers.page.get_by_text("Ended").first).to_be_visible()
    await expect(his.page.get_by_role("heading", name="Shared with you")).to_have_count(0, timeout=SOON)
    await expect(third.page.locator(".picture-strip")).to_have_count(0, timeout=SOON)
    await expect(his.page.get_by_text("What is over (1)")).to_be_visible()
    assert bob.pictures() == []


async def test_an_owner_who_is_away_is_said_to_be_away(towns: Towns) -> None:
    alice, bob, _ = towns.trio.people()
    hang(alice, "/Sea", 4)
    offered = alice.post("/shares", json={"tag": "/Sea", "recipient": bob.handle})
    assert offered.status_code == 201, offered.text
    (incoming,) = until(lambda: bob.get("/shares/incoming").json()["items"], "the offer")
    assert bob.post(f"/shares/incoming/{incoming['id']}/accept").status_code == 200
    # Not by a list of pictures: with one he has addresses of thumbnails, which are good for a while.
    until(lambda: [one["total"] for one in bob.get("/tags").json()["items"] if one["name"] == "Sea"] == [4], "them")
    towns.trio.network.cut("a")
    try:
        his = await towns.visit(bob, "/sharing")
        away = his.page.get_by_text("Their server does not answer now.")
        await expect(away).to_be_visible(timeout=SOON)
        await looked_at(his, "sharing-owner-away")
    finally:
        towns.trio.network.join()
    await expect(away).to_have_count(0, timeout=SOON)
    await loads(his.page, at_least=4, host="a.test")


async def test_people_follow_see_and_like(towns: Towns) -> None:
    _, bob, carol = towns.trio.people()
    his = await towns.visit(bob, "/people")
    page = his.page
    await expect(page.get_by_role("heading", name="Nothing to see yet")).to_be_visible()
    await page.get_by_role("link", name="Find somebody").click()
    await page.get_by_label("Whom do you want to follow?").fill(carol.handle)
    await expect(page.get_by_text("On c.test")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Follow", exact=True).click()
    await expect(page.get_by_text("Followed", exact=True)).to_be_visible(timeout=SOON)
    await looked_at(his, "people-following")

    # Carol makes a tag public, as she does it by hand.
    made = carol.post("/tags", json={"path": "/Islands"})
    assert made.status_code == 201, made.text
    hers = await towns.visit(carol, "/sharing/public")
    await hers.page.get_by_role("button", name="Make a tag public…").click()
    await hers.page.get_by_label("Which tag?").fill("Islands")
    await hers.page.keyboard.press("Enter")
    await expect(hers.page.get_by_label("Short name")).to_have_value("islands")
    await hers.page.get_by_label("Description").fill(f"Seen from a boat {NASTY}")
    await hers.accessible()
    await hers.page.get_by_role("button", name="Make it public").click()
    await expect(hers.page.get_by_role("heading", name="Islands")).to_be_visible()
    hang(carol, "/Islands", 3)

    # It comes to Bob, who likes it, and to Carol, who hears of it.
    await page.get_by_role("link", name="Feed").click()
    await expect(page.locator(".feed-image > img.there").first).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Like").first.click()
    await expect(page.get_by_role("button", name="Liked").first).to_be_visible()
    await looked_at(his, "people-feed")
    await hers.page.get_by_role("button", name="Posts and replies").click()
    await expect(hers.page.get_by_text("1 like", exact=False).first).to_be_visible(timeout=SOON)
    await looked_at(hers, "public-posts")

    # Enough of her: she is muted, and it is quiet.
    await page.get_by_role("button", name="More: ").first.click()
    await page.get_by_role("menuitem", name="Mute").click()
    await page.get_by_role("link", name="Muted and blocked").click()
    await expect(page.get_by_role("button", name=f"Lift: {carol.handle}")).to_be_visible()
    await his.accessible()
    await page.get_by_role("button", name=f"Lift: {carol.handle}").click()
    await expect(page.get_by_role("button", name=f"Lift: {carol.handle}")).to_have_count(0)
