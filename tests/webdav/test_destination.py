"""Where COPY and MOVE may lead, however it is written."""

from __future__ import annotations

import pytest

from webdav.answers import Refused
from webdav.writing.destination import bare_host, destination

HOSTS = ("photos.example:8443", "127.0.0.1:8000", "[2001:db8::1]:8000")


@pytest.mark.parametrize(
    "value",
    [
        "/webdav/library/a/b.jpg",
        "http://photos.example/webdav/library/a/b.jpg",
        "https://photos.example/webdav/library/a/b.jpg",
        "HTTPS://PHOTOS.example:443/webdav/library/a/b.jpg",
        "https://photos.example:8443/webdav/library/a/b.jpg",
        "http://127.0.0.1:8000/webdav/library/a/b.jpg",
        "http://[2001:db8::1]:8000/webdav/library/a/b.jpg",
        " /webdav/library//a/b.jpg ",
        "/webdav/library/%61/b.jpg",
    ],
)
def test_this_server_is_known_by_all_its_names(value: str) -> None:
    found = destination(value, "library", HOSTS)
    assert found.segments == ("a", "b.jpg")
    assert not found.is_folder


def test_names_are_decoded_once() -> None:
    assert destination("/webdav/library/100%2525%20%23%3B%2B/", "library", HOSTS).segments == ("100%25 #;+",)
    assert destination("/webdav/library/\u00c3\u00a9 x", "library", HOSTS).segments == ("é x",)


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, 400), ("", 400), ("   ", 400), ("a.jpg", 400), ("ftp://photos.example/webdav/library/a", 400),
        ("http:///webdav/library/a", 400), ("/webdav/library/../a", 400), ("/webdav/library/%2e%2e/a", 400),
        ("/webdav/library/%00", 400), ("/webdav/library/%ff", 400), ("/webdav/library/a#b", 400),
        ("http://[::1/a", 400),
        ("http://other.example/webdav/library/a", 502), ("https://other.example/", 502), ("/elsewhere/a", 502),
        ("/webdav/another/a", 502), ("/", 502),
    ],
)  # fmt: skip
def test_other_places_are_refused(value: str | None, status: int) -> None:
    with pytest.raises(Refused) as refused:
        destination(value, "library", HOSTS)
    assert refused.value.status == status


def test_hosts_are_compared_without_ports() -> None:
    assert bare_host("Photos.Example.:443") == "photos.example"
    assert bare_host("[2001:DB8::1]:8000") == "2001:db8::1"
    assert bare_host("2001:db8::1") == "2001:db8::1"
