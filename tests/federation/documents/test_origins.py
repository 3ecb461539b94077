"""Two addresses are of one origin, or they are not: whatever their spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.documents.origins import host, neighbourhood, origin, same_origin

SPELLED = {
    "https://A.Test/x": "https://a.test",
    "HTTPS://a.test:443/x#y": "https://a.test",
    "http://a.test:80?x": "http://a.test",
    "https://a.test:8443": "https://a.test:8443",
    "https://bücher.test/": "https://xn--bcher-kva.test",
    "https://BÜCHER.test/": "https://xn--bcher-kva.test",
    "https://ａ.test/": "https://a.test",
    "http://localhost:8001/users/a": "http://localhost:8001",
    "http://127.0.0.1:8001/": "http://127.0.0.1:8001",
    "http://[::1]:8001/": "http://[::1]:8001",
    "https://a_b.test/": "https://a_b.test",
}


@pytest.mark.parametrize(("url", "expected"), SPELLED.items())
def test_origins(url: str, expected: str) -> None:
    assert origin(url) == expected
    assert host(url) == expected.split("://")[1]


REFUSED = [
    "",
    "a.test",
    "/users/a",
    "//a.test/x",
    "ftp://a.test/",
    "acct:alice@a.test",
    "javascript://a.test/%0a",
    "https://",
    "https:///x",
    "https://user@a.test/",
    "https://user:pass@a.test/",
    "https://a.test@b.test/",
    "https://a.test\\@b.test/",
    "https://a.test\\.b.test/",
    "https://a.test:/",
    "https://a.test:0/",
    "https://a.test:65536/",
    "https://a.test:８０/",
    "https://a.test:80:80/",
    "https://a.test./",
    "https://.test/",
    "https://a..test/",
    "https://-a.test/",
    "https://a%2etest/",
    "https://a test/",
    " https://a.test/",
    "https://a.test/\n",
    "https://a.test/\x00",
    "https://a.test/\t",
    "https://a.test/\u2028",
    "https://a.test/\ud800",
    "https://a\u200b.test/",
    "https://[::1/",
    "https://" + "a" * 64 + ".test/",
    "https://" + "a." * 130 + "test/",
    "https://a.test/" + "x" * 2048,
]


@pytest.mark.parametrize("url", REFUSED)
def test_what_has_no_origin(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        origin(url)
    assert not same_origin(url, url)


def test_same_origin() -> None:
    assert same_origin("https://a.test/1", "https://A.test:443/2", "https://a.test")
    assert not same_origin("https://a.test/1", "http://a.test/1")
    assert not same_origin("https://a.test/1", "https://a.test:8443/1")
    assert not same_origin("https://a.test/1", "https://a.test.evil.test/1")
    assert not same_origin()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_any_text_has_an_origin_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.test{text}"):
        try:
            found = origin(url)
        except ValueError:
            continue
        assert found.isascii()
        assert origin(found) == found


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("example.org", "example.org"), ("a.b.example.org", "example.org"), ("a.example.co.uk", "example.co.uk"),
        ("example.co.uk", "example.co.uk"), ("a.example.org:8443", "example.org:8443"), ("localhost:1", "localhost:1"),
        ("a.b.example.de", "example.de"),
    ],
)  # fmt: skip
def test_hosts_of_one_domain(name: str, shared: str) -> None:
    assert neighbourhood(name) == shared
