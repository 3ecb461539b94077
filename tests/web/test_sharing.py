"""Sharing between three servers, each person in a browser of their own: offered, accepted, passed on, taken back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from html import escape

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from federation.documents.terms import PUBLIC
from tests.rig.hostile import Hostile
from tests.rig.trio import Person, Trio, until
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


class Talker(Hostile):
    """Somebody on a server that has nothing but notes, who says what they think of the posts of others."""

    def answers_to(self, owner: Person) -> None:
        """Write a reply under each of somebody's posts."""
        (collection,) = owner.get("/collections").json()["items"]
        posts = until(lambda: owner.get(f"/collections/{collection['id']}/posts").json()["items"], "a post")
        for number, post in enumerate(posts):
            note = {
                "id": f"{self.uri}/notes/{number}", "type": "Note", "attributedTo": self.uri, "to": [PUBLIC],
                "inReplyTo": post["url"], "content": f"<p>What a light! {escape(NASTY)}</p>",
            }  # fmt: skip
            said = self.say(f"{owner.uri}/inbox", {"type": "Create", "to": [PUBLIC], "object": note})
            assert said.status_code == 202, said.text


@contextmanager
def talkative(trio: Trio, name: str) -> Iterator[Talker]:
    """Somebody at `m.test`, for the time of a block."""
    talker = Talker(trio, name)
    try:
        yield talker
    finally:
        talker.close()


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
    # Before he may see any picture, he sees what they are like.
    await expect(offer.get_by_role("img", name="The colours of some of them.")).to_be_visible()
    await offer.get_by_role("button", name="Accept").click()
    await expect(his.page.get_by_role("heading", name="Shared with you")).to_be_visible()
    await loads(his.page, at_least=4, host="a.test")
    # It says so on her page, which nobody touched.
    await expect(hers.page.get_by_text("Active", exact=True)).to_be_visible(timeout=SOON)

    # She allows more, and says until when. What would be less is said before it is.
    await hers.page.get_by_role("button", name="More: Alps").click()
    await hers.page.get_by_role("menuitem", name="Change…").click()
    await hers.page.get_by_role("switch", name="What is added later").uncheck()
    await expect(hers.page.get_by_text("They lose at once: What is added later.")).to_be_visible()
    await hers.page.get_by_role("switch", name="What is added later").check()
    await hers.page.get_by_role("switch", name="Answer with pictures").check()
    await hers.page.get_by_label("Ends on").fill("2031-12-31")
    await hers.page.get_by_role("button", name="Save").click()
    await expect(his.page.get_by_text("may answer with pictures, accepted at once")).to_be_visible(timeout=SOON)
    await expect(his.page.get_by_text("2031", exact=False)).to_be_visible()

    # He answers with pictures of his own, which she has at once, and gives back.
    assert bob.post("/tags", json={"path": "/Harbour"}).status_code == 201
    await his.page.get_by_role("button", name="More: Alps").click()
    await his.page.get_by_role("menuitem", name="Share back…").click()
    await his.page.get_by_role("dialog").get_by_label("Which tag?").fill("Harbour")
    await his.page.keyboard.press("Enter")
    await his.page.get_by_role("button", name="Offer it").click()
    await expect(his.page.get_by_role("dialog")).to_have_count(0, timeout=SOON)
    await hers.page.get_by_role("link", name="With me").click()
    await hers.page.get_by_role("button", name="More: Harbour").click(timeout=SOON)
    await hers.page.get_by_role("menuitem", name="Give back…").click()
    await hers.page.get_by_role("button", name="Give back", exact=True).click()
    await expect(hers.page.get_by_text("What is over (1)")).to_be_visible()
    await hers.page.get_by_role("link", name="By me").click()

    # He puts it under a tag of his, from where it goes on to Carol. What that does is said while he writes.
    await his.page.get_by_role("button", name="Put under tags of mine…").click()
    field = his.page.get_by_role("combobox")
    await field.fill("Family/From Alice")
    await his.page.keyboard.press("Enter")
    await expect(his.page.get_by_role("status").get_by_text("6 pictures get")).to_be_visible()
    await looked_at(his, "sharing-map")
    await his.page.get_by_role("button", name="Save").click()
    await expect(his.page.get_by_role("link", name="Family/From Alice")).to_be_visible()
    until(lambda: len(bob.pictures(tag="/Family/From Alice")) == 6, "the pictures under the tag of his own")
    await show_to(his, "/Family/From Alice", carol.handle, depth="0", message="")
    await his.page.get_by_role("button", name="Offer it").click()
    await expect(his.page.get_by_role("dialog")).to_have_count(0, timeout=SOON)

    # Carol, with a phone and in the dark.
    third = await towns.visit(carol, "/sharing", size=PHONE, dark=True)
    await expect(third.page.get_by_role("button", name="Accept")).to_be_visible(timeout=SOON)
    await third.page.get_by_role("button", name="Accept").tap()
    await loads(third.page, at_least=4, host="a.test")

    # Alice sees who has it, and through whom.
    await hers.page.get_by_role("button", name="Who has it").click()
    tree = hers.page.get_by_role("dialog")
    await expect(tree.get_by_text("2 people, 1 of them through others.")).to_be_visible(timeout=SOON)
    nested = tree.locator(".holder-below").get_by_text(carol.handle)
    await expect(nested).to_be_visible()
    # She takes Carol out, whom she never let in herself.
    await tree.get_by_role("button", name="Cut carol").click()
    await hers.page.get_by_role("button", name="Cut", exact=True).click()
    await expect(tree.get_by_text("1 person.")).to_be_visible()
    await expect(third.page.locator(".picture-strip")).to_have_count(0, timeout=SOON)
    await tree.get_by_role("button", name="Close").last.click()

    # And ends it: the effect is said before, and it vanishes.
    await hers.page.get_by_role("button", name="End it…").click()
    await expect(hers.page.get_by_text("1 person loses access to 6 pictures, at once.")).to_be_visible()
    await hers.page.get_by_role("button", name="End it", exact=True).click()
    await expect(hers.page.get_by_text("Ended").first).to_be_visible()
    await expect(his.page.get_by_role("heading", name="Shared with you")).to_have_count(0, timeout=SOON)
    await expect(his.page.get_by_text("What is over (1)")).to_be_visible()
    assert bob.pictures() == []

    # Offered once more, it is not wanted any more.
    await hers.page.get_by_role("button", name="Offer again").click()
    await his.page.get_by_role("button", name="Decline").click(timeout=SOON)
    await expect(hers.page.get_by_role("main").get_by_text("Declined").first).to_be_visible(timeout=SOON)


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
        # So say the pictures themselves, in their colours and without a broken image among them.
        await his.page.locator(".picture-strip").click()
        tile = his.page.get_by_role("option").first
        await expect(tile).to_have_attribute("data-badge", "Owner offline", timeout=SOON)
        await his.shot("sharing-away-tiles")
        await tile.click()
        await expect(his.page.get_by_text(f"The server of {alice.known_as} does not answer.")).to_be_visible()
        broken = (
            "all => all.filter((one) => one.complete && !one.naturalWidth && getComputedStyle(one).opacity > 0).length"
        )
        assert await his.page.locator("img[src]").evaluate_all(broken) == 0
        await his.shot("sharing-away-viewer")
        await his.go("/sharing")
        await expect(away).to_be_visible(timeout=SOON)
    finally:
        towns.trio.network.join()
    await expect(away).to_have_count(0, timeout=SOON)
    await loads(his.page, at_least=4, host="a.test")


async def test_people_follow_see_and_like(towns: Towns) -> None:
    _, bob, carol = towns.trio.people()
    assert carol.patch("/account/profile", json={"approves_followers": True}).status_code == 200
    his = await towns.visit(bob, "/people")
    page = his.page
    await expect(page.get_by_role("heading", name="Nothing to see yet")).to_be_visible()
    await page.get_by_role("link", name="Find somebody").click()
    await page.get_by_label("Whom do you want to follow?").fill(carol.handle)
    await expect(page.get_by_text("On c.test")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Follow", exact=True).click()
    await expect(page.get_by_text("Asked", exact=True)).to_be_visible(timeout=SOON)

    # She is asked by her bell, does not want it, and thinks better of it.
    hers = await towns.visit(carol, "/sharing/public")
    await hers.page.get_by_role("button", name="Notices, 1 new").click(timeout=SOON)
    await hers.page.get_by_role("link", name="asks to follow you").click()
    await hers.page.get_by_role("button", name="Turn down").click()
    await expect(page.get_by_text("Turned down", exact=True)).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Ask again").click()
    await expect(hers.page.get_by_role("button", name="Let them")).to_be_visible(timeout=SOON)
    await hers.page.get_by_role("button", name="Let them").click()
    await expect(page.get_by_text("Followed", exact=True)).to_be_visible(timeout=SOON)

    # Carol makes a tag public, as she does it by hand.
    made = carol.post("/tags", json={"path": "/Islands"})
    assert made.status_code == 201, made.text
    await hers.go("/sharing/public")
    await hers.page.get_by_role("button", name="Make a tag public…").click()
    await hers.page.get_by_label("Which tag?").fill("Islands")
    await hers.page.keyboard.press("Enter")
    await expect(hers.page.get_by_label("Short name")).to_have_value("islands")
    await hers.page.get_by_label("Description").fill(f"Seen from a boat {NASTY}")
    await hers.page.get_by_role("button", name="Make it public").click()
    await expect(hers.page.get_by_role("heading", name="Islands")).to_be_visible()
    # What is there when the tag is looked at for the first time is shown and told to nobody: it came before, or then.
    hang(carol, "/Islands/First", 1)
    until(lambda: carol.get("/collections").json()["items"][0]["posts"] == 1, "a post")
    hang(carol, "/Islands", 3)

    # It comes to Bob, who likes it, and to Carol, who hears of it.
    await page.get_by_role("link", name="Feed").click()
    await expect(page.locator(".feed-image img.there").first).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Like").first.click()
    await expect(page.get_by_role("button", name="Liked").first).to_be_visible()
    await page.get_by_role("button", name="Show large: ").first.click()
    await expect(page.get_by_role("dialog").get_by_role("img")).to_be_visible()
    await his.accessible()
    await his.shot("people-feed-large")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Show large: ").first).to_be_focused()
    await hers.page.get_by_role("button", name="Posts and replies").click()
    await expect(hers.page.get_by_text("1 like", exact=False).first).to_be_visible(timeout=SOON)
    with talkative(towns.trio, "rita") as rita:
        rita.answers_to(carol)
        await hers.page.get_by_role("button", name="1 reply").first.click(timeout=SOON)
        await expect(hers.page.get_by_text(f"What a light! {NASTY}")).to_be_visible()
        await hers.page.get_by_role("button", name="Take it off").click()
        await expect(hers.page.get_by_text("What a light!")).to_have_count(0)

    # Enough of her: she is muted, and it is quiet.
    await page.get_by_role("button", name="More: ").first.click()
    await page.get_by_role("menuitem", name="Mute").click()
    await page.get_by_role("link", name="Muted and blocked").click()
    await expect(page.get_by_role("button", name=f"Lift: {carol.handle}")).to_be_visible()
    await page.get_by_role("button", name=f"Lift: {carol.handle}").click()
    await expect(page.get_by_role("button", name=f"Lift: {carol.handle}")).to_have_count(0)

    # It gets worse: a post of hers is reported, and she is blocked, which ends that he follows her.
    await page.get_by_role("link", name="Feed").click()
    await page.get_by_role("button", name="More: ").first.click()
    await page.get_by_role("menuitem", name="Report…").click()
    await page.get_by_label("What is wrong?").fill(f"Not hers {NASTY}")
    await page.get_by_role("button", name="Report", exact=True).click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("link", name="Following").click()
    await page.get_by_role("button", name="More: ").first.click()
    await page.get_by_role("menuitem", name="Block").click()
    await page.get_by_role("dialog").get_by_role("button", name="Block", exact=True).click()
    await expect(page.get_by_text("You follow nobody.")).to_be_visible()
    await page.get_by_role("link", name="Muted and blocked").click()
    await expect(page.get_by_text(f"Not hers {NASTY}")).to_be_visible()
    await expect(page.get_by_role("button", name=f"Lift: {carol.handle}")).to_be_visible()
