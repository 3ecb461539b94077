"""Paths of requests: decoded once, encoded fully, and refused where they lie or climb."""

from __future__ import annotations

import pytest

from webdav import paths
from webdav.answers import Refused


def test_a_path_is_decoded_once_and_comes_in_nfc() -> None:
    assert paths.parse(b"/webdav/l/50%2525%20e%CC%81/") == (("webdav", "l", "50%25 é"), True)


def test_the_absolute_form_and_double_slashes_lead_to_the_same_place() -> None:
    wanted = paths.Location("library", ("a", "b"), False)
    assert paths.locate(b"/webdav/library/a/b") == wanted
    assert paths.locate(b"http://photos.example:80/webdav/library/a/b") == wanted
    assert paths.locate(b"/webdav//library/a//b") == wanted


def test_the_root_is_a_folder_with_and_without_its_slash() -> None:
    assert paths.locate(b"/webdav/library") == paths.locate(b"/webdav/library/") == ("library", (), True)


@pytest.mark.parametrize("path", [b"/webdav", b"/webdav/", b"/other/library/a", b"/"])
def test_what_is_no_drive_leads_nowhere(path: bytes) -> None:
    assert paths.locate(path) is None


@pytest.mark.parametrize(
    "path",
    [
        b"/webdav/l/%", b"/webdav/l/%4", b"/webdav/l/%zz", b"/webdav/l/%ff", b"/webdav/l/%C3", b"/webdav/l/%00",
        b"/webdav/l/a%0Ab", b"/webdav/l/%ED%A0%80", b"/webdav/l/..", b"/webdav/l/%2e%2E/x", b"/webdav/l/./x",
        b"/webdav/l/a%2Fb", b"/webdav/l/x#y", b"/webdav/l/%EF%BF%BE", b"/webdav/" + b"a/" * 200,
        b"/webdav/l/" + b"a" * 2000, b"/webdav/l/\xc3\xa9",
    ],
)  # fmt: skip
def test_wrong_paths_are_refused(path: bytes) -> None:
    with pytest.raises(Refused) as refused:
        paths.parse(path)
    assert refused.value.status == 400


@pytest.mark.parametrize("name", ["a b", "50% #1; +ü?", "\"'<&>", "🌅" * 20, "x" * 180, "a\u2215b", "%41"])
def test_an_address_leads_back_to_its_name(name: str) -> None:
    address = paths.href("library", ("Folder", name), folder=True)
    assert address.isascii()
    assert address.endswith("/")
    assert paths.locate(address) == ("library", ("Folder", name), True)
