"""Pictures of other people in drives: their bytes come from where their owners keep them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.photos import photo
from tests.rig.trio import Person, Trio, three_servers, until
from tests.webdav.client import OC, Drive, open_drive, put


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trio]:
    with three_servers(tmp_path_factory.mktemp("trio"), workers=1, webdav_allow_http="true") as trio:
        yield trio


def share(owner: Person, holder: Person, tag: str) -> None:
    """A share that is offered and accepted."""
    made = owner.post("/shares", json={"tag": tag, "recipient": holder.handle, "originals": True})
    assert made.status_code == 201, made.text
    offered = until(lambda: holder.get("/shares/incoming").json()["items"], "the offer")
    assert holder.post(f"/shares/incoming/{offered[0]['id']}/accept").status_code == 200


def find(drive: Drive, name: str) -> str | None:
    """Where a file of this name is, anywhere below the root."""
    return next((path for path in drive.list("/", depth="infinity") if path.endswith(f"/{name}")), None)


def test_a_received_picture_is_read_from_its_owner(trio: Trio) -> None:
    alice, bob, _ = trio.people()
    content = photo(size=(1600, 1200))
    put(alice, content, "theirs.jpg", "/Shared")
    share(alice, bob, "/Shared")
    drive = open_drive(bob)
    path = until(lambda: find(drive, "theirs.jpg"), "the picture in the drive")

    head = drive.ask("HEAD", path)
    assert (head.status_code, head.headers["Content-Length"]) == (200, str(len(content)))
    whole = drive.ask("GET", path)
    assert (whole.status_code, whole.content) == (200, content)
    assert whole.headers["ETag"] == head.headers["ETag"] == drive.prop(path, "getetag").text("getetag")
    part = drive.ask("GET", path, headers={"Range": "bytes=300-399"})
    assert (part.status_code, part.content) == (206, content[300:400])
    assert drive.ask("GET", path, headers={"If-None-Match": head.headers["ETag"]}).status_code == 304
    assert "S" in (drive.prop(path, f"{OC}permissions").text(f"{OC}permissions") or "")

    device = open_drive(bob, redirect=True)
    sent = device.ask("GET", path)
    assert sent.status_code == 302
    assert bob.fetch(sent.headers["Location"]).content == content

    trio.kill("a")
    try:
        # It is listed still, and not called missing: a client would delete its copy.
        assert find(drive, "theirs.jpg") == path
        assert drive.ask("HEAD", path).status_code == 200
        away = drive.ask("GET", path)
        assert away.status_code == 503
        assert int(away.headers["Retry-After"]) > 0
    finally:
        trio.restart("a")
