"""Every screen there is: where it is, what it says once it is all there, and the dialogs that may stand over it."""

from __future__ import annotations

from typing import Literal
from urllib.parse import quote

from playwright.async_api import Page

from tests.web.plenty import HOSTILE, Plenty
from tests.web.walking import Act, Stop


def screens(plenty: Plenty, *, phone: bool) -> list[Stop]:
    """Those of somebody who is signed in."""
    stops = [*_of_pictures(plenty), *_of_order(plenty), *_of_people(plenty), *_of_settings(plenty)]
    # What is chosen there stays chosen.
    stops += [Stop(f"timeline-{look}", "/", of(plenty, "title"), clicking(look)) for look in ("Dense grid", "List")]
    if phone:
        stops.append(Stop("menu", "/", ["Statistics"], clicking("More")))
    return stops


def of(plenty: Plenty, *fields: str) -> list[str]:
    """The hostile texts of these fields."""
    texts = [f"{HOSTILE} ({field})" for field in fields]
    assert plenty.texts.issuperset(texts), fields
    return texts


def pressing(*keys: str) -> Act:
    """Press these keys."""

    async def act(page: Page) -> None:
        for key in keys:
            await page.keyboard.press(key)

    return act


def clicking(*names: str) -> Act:
    """Press these buttons, one after the other; what comes after a menu is one of its items."""

    async def act(page: Page) -> None:
        for name in names:
            menu = page.get_by_role("menu")
            role: Literal["menuitem", "button"] = "menuitem" if await menu.count() else "button"
            await page.get_by_role(role, name=name).filter(visible=True).first.click()

    return act


def choosing(*keys: str) -> Act:
    """Select all pictures, then press these keys."""

    async def act(page: Page) -> None:
        await page.locator(".picture-grid [data-picture]").first.wait_for()
        await page.locator(".grid-tiles").focus()
        for key in ("Control+a", *keys):
            await page.keyboard.press(key)
            await page.get_by_role("group", name="Selection").wait_for()

    return act


def _of_pictures(plenty: Plenty) -> list[Stop]:
    album, look = plenty.album_page, f"/pictures/{plenty.picture}"
    found = quote(f'title:"{HOSTILE}"')
    named = of(plenty, "title", "name of a file", "name of what is broken")
    menu = "More about this tag"
    return [
        Stop("timeline", "/", named),
        Stop("keys", "/", ["Everywhere", "Undo the last change"], pressing("?")),
        Stop("selection", "/", ["selected"], choosing()),
        Stop("select-tag", "/", ["Give tags"], choosing("t")),
        Stop("select-date", "/", ["Date of"], choosing("d")),
        Stop("select-place", "/", ["Place of"], choosing("p")),
        Stop("select-text", "/", ["Texts of"], choosing("e")),
        Stop("search", "/search", of(plenty, "saved search")),
        Stop("search-found", f"/search?q={found}", of(plenty, "title")),
        Stop("search-fault", "/search?q=iso%3A", ["value is expected"]),
        Stop("search-save", f"/search?q={found}", ["Save this search"], clicking("Save as…", "Search")),
        Stop("tags", "/tags", of(plenty, "tag", "tag of a rule")),
        Stop("tag", album, of(plenty, "tag", "about a tag", "tag below", "title")),
        Stop("tag-menu", album, ["Merge into another…"], clicking(menu)),
        Stop("tag-move", album, ["Empty: to the top."], clicking(menu, "Move…")),
        Stop("tag-merge", album, ["Both become one tag"], clicking(menu, "Merge into another…")),
        Stop("tag-look", album, ["Cover"], clicking(menu, "Colour, cover, description…")),
        Stop("tag-remove", album, ["and stay in the library"], clicking(menu, "Delete…")),
        Stop("tag-share", album, ["With whom?"], clicking("Share")),
        Stop("tag-link", album, ["Guests may add pictures"], clicking("Share", "By a link")),
        Stop("viewer", look, of(plenty, "title")),
        Stop("viewer-information", look, of(plenty, "description", "creator", "tag", "lens"), pressing("i")),
        Stop("picture-gone", "/pictures/018c0000-0000-7000-8000-000000000000", ["This picture is gone"]),
        Stop("map", "/map", ["pictures on the map"]),
        Stop("calendar", "/calendar?year=2024", ["July 2024"]),
        Stop("statistics", "/statistics", of(plenty, "model of a camera", "lens")),
        Stop("import", "/import", ["Google Takeout"]),
        Stop("duplicates", "/duplicates", of(plenty, "name of a duplicate")),
        Stop("duplicates-similar", "/duplicates?show=similar", ["No pictures look alike"]),
        Stop("duplicates-settings", "/duplicates", ["Bits that may differ"], clicking("How alike is alike")),
        Stop("history", "/history", ["That is all that is kept."]),
        Stop("history-since", "/history", ["will be taken back"], clicking("More about", "Undo everything since here")),
        Stop("trash", "/trash", of(plenty, "name in the trash")),
        Stop("trash-ends", "/trash", ["goes in"], clicking("When each goes")),
        Stop("trash-empty", "/trash", ["will be gone, with all earlier versions"], clicking("Empty the trash")),
        Stop("missing", "/rules/of/nobody", ["There is nothing here"]),
    ]


def _of_order(plenty: Plenty) -> list[Stop]:
    rule, calendar, drive = f"/rules/{plenty.rule}", f"/rules/{plenty.calendar}", f"/drives/{plenty.drive}"
    device = f"What to do with {of(plenty, 'device')[0]}"
    return [
        Stop("rules", "/rules", of(plenty, "rule", "calendar", "mapping")),
        Stop("rule", rule, [*of(plenty, "rule", "value of a condition", "tag of a rule"), "What it would do"]),
        Stop("rule-calendar", calendar, [*of(plenty, "calendar", "root", "band"), "Band 1"]),
        Stop("rule-new", "/rules/new", ["Fill in conditions and tags"]),
        Stop("drives", "/drives", of(plenty, "drive")),
        Stop("drive", drive, of(plenty, "drive", "device")),
        Stop("drive-help", drive, ["System"], clicking("How to connect…")),
        Stop("drive-device", drive, ["It may only look"], clicking("Connect a device")),
        Stop("drive-undo", drive, ["It did nothing"], clicking(device, "Take back what it did…")),
        Stop("drive-edit", f"{drive}/edit", of(plenty, "drive", "folder", "inbox")),
        Stop("drive-new", "/drives/new/edit", ["From top to bottom", "How it would look"]),
        Stop("drives-brake", "/drives", ["More than so many files"], clicking("The brake")),
    ]


def _of_people(plenty: Plenty) -> list[Stop]:
    guests, public = f"/sharing/links?link={plenty.link}", "/sharing/public"
    accepted, offered = "share that is accepted", "share that is offered"
    return [
        Stop("sharing", "/sharing", of(plenty, accepted, offered, "message of an offer", "name of a friend")),
        Stop("sharing-mine", "/sharing/mine", of(plenty, "share", "tag")),
        Stop("sharing-edit", "/sharing/mine", of(plenty, "message of a share"), clicking("More:", "Change")),
        Stop("sharing-holders", "/sharing/mine", ["Nobody has it yet"], clicking("Who has it")),
        Stop("sharing-revoke", "/sharing/mine", ["the offer is withdrawn"], clicking("More:", "End it…")),
        Stop("sharing-links", "/sharing/links", of(plenty, "link", "locked link")),
        Stop("sharing-guests", guests, of(plenty, "guest")),
        Stop("sharing-public", public, of(plenty, "collection", "about a collection")),
        Stop("sharing-replies", public, of(plenty, "reply"), clicking("Posts and replies", "1 reply")),
        Stop("feed", "/people", of(plenty, "name of a friend", "title of a post", "post", "words for a picture")),
        Stop("following", "/people/following", ["Followed", *of(plenty, "collection of a friend")]),
        Stop("followers", "/people/followers", ["They ask to follow you", *of(plenty, "name of a friend")]),
        Stop("quiet", "/people/quiet", ["Everybody on muted.example", "Reported to your administrator"]),
        Stop("block", "/people/quiet", ["A whole server"], clicking("Block…")),
        Stop("notices", "/", of(plenty, "guest", "link", offered), clicking("Notices")),
    ]


def _of_settings(plenty: Plenty) -> list[Stop]:
    profile = of(plenty, "name of a person", "about a person", "property", "value of a property")
    return [
        Stop("settings", "/settings", profile),
        Stop("settings-security", "/settings/security", [*of(plenty, "token", "browser"), "Where you are signed in"]),
        Stop("settings-token", "/settings/security", ["What it may do"], clicking("New token")),
        Stop("settings-library", "/settings/library", ["Storage", *of(plenty, "root of keywords")]),
        Stop("settings-appearance", "/settings/appearance", ["Light or dark"]),
        Stop("settings-account", "/settings/account", ["Moving to another account"]),
        Stop("administration", "/administration", of(plenty, "name of a server", "about a server")),
        Stop("administration-people", "/administration/people", [*of(plenty, "invite"), "New account"]),
        Stop("administration-new", "/administration/people", ["Quota in GB"], clicking("New account")),
        Stop("administration-jobs", "/administration/jobs", ["Files are examined"]),
        Stop("administration-deliveries", "/administration/deliveries", ["Servers for which something waits"]),
        Stop("administration-servers", "/administration/servers", of(plenty, "note on a server")),
        Stop("administration-reports", "/administration/reports", of(plenty, "comment of a report")),
        Stop("administration-settled", "/administration/reports", of(plenty, "resolution"), clicking("Resolved")),
        Stop("administration-log", "/administration/log", ["Kept for two years"]),
        Stop("administration-backups", "/administration/backups", ["archypix backup"]),
    ]


def pages_for_strangers(plenty: Plenty) -> list[Stop]:
    link, person = plenty.open_link, f"/users/{plenty.person.name}"
    return [
        Stop("login", "/login", of(plenty, "name of a server", "about a server")),
        Stop("register", "/register", ["Make the account"]),
        Stop("setup-spent", "/setup?token=none", ["This link has been used"]),
        Stop("link", link, of(plenty, "link")),
        Stop("link-picture", f"{link}/p/{plenty.picture}", of(plenty, "title")),
        Stop("link-upload", f"{link}/upload", ["Your name"]),
        Stop("link-locked", plenty.locked_link, ["These pictures are protected."]),
        Stop("link-gone", "/l/nothing", ["Nothing here"]),
        Stop("public-person", person, of(plenty, "name of a person", "about a person", "property")),
        Stop("public-collection", plenty.collection, of(plenty, "collection", "about a collection")),
        Stop("public-picture", f"{person}/pictures/{plenty.picture}", of(plenty, "title")),
    ]
