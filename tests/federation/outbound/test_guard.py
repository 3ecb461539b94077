"""Which addresses may be asked."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
import yarl
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import StartupError
from federation.outbound.errors import Refused
from federation.outbound.guard import Guard, parse_host_map
from federation.outbound.networks import is_public, parsed

REFUSED_ADDRESSES = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1",
    "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1",
    "255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1",
    "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1",
    "ff02::1", "2a00:1450::1%eth0",
]  # fmt: skip

REFUSED_URLS = [
    "http://wild.example/", "ftp://wild.example/", "file:///etc/passwd", "gopher://wild.example/", "https://",
    "https:///x", "//wild.example/x", "wild.example", "javascript:alert(1)", "data:text/plain,x",
    "acct:a@wild.example", "https://user@wild.example/", "https://user:secret@wild.example/",
    "https://wild.example@10.0.0.1/", "https://wild.example:8443/", "https://wild.example:80/",
    "https://wild.example:0/", "https://wild.example:99999/", "https://127.0.0.1/", "https://8.8.8.8/",
    "https://[::1]/", "https://[2a00:1450:4001::1]/", "https://[::ffff:8.8.8.8]/", "https://2130706433/",
    "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/", "https://1.2.3.4.5/",
    "https://localhost/", "https://LOCALHOST/", "https://intranet/", "https://wild.example./", "https://.example/",
    "https://wild.example\\@10.0.0.1/", "https://wild.example/%zz", "https://wild.example/%0",
    "https://wild_.example.-x/", "https://wild.example:443:443/", "https://wild..example/", "https://-wild.example/",
    "https://①②⑦.⓪.⓪.①/", "https://１２７.０.０.１/",
]  # fmt: skip


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "100.63.255.255", "100.128.0.0", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"]
)
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses())
def test_nothing_is_public_that_the_library_calls_otherwise(address: object) -> None:
    found = ip_address(str(address))
    if is_public(found):
        assert found.is_global
        assert not found.is_multicast


@pytest.mark.parametrize("url", [*REFUSED_URLS, "", "https://wild.example/\r\nX: y", "https://wild.example/ x", "\0"])
def test_urls_that_are_not_asked(url: str) -> None:
    with pytest.raises(Refused):
        Guard().target(url)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://wild.example", "https://wild.example/"),
        ("https://WILD.example:443/A%2fb/../c?d=%C3%A9#e", "https://wild.example/A%2fb/../c?d=%C3%A9"),
        ("https://wild.example?a=/b", "https://wild.example/?a=/b"),
        ("https://wild.example#/b", "https://wild.example/"),
        ("https://bücher.example/é", "https://xn--bcher-kva.example/%C3%A9"),
    ],
)
def test_what_is_asked_stays_as_it_is_written(url: str, asked: str) -> None:
    assert Guard().target(url).url == asked


def test_loopback_only_where_a_test_allows_it() -> None:
    guard = Guard(allow_loopback=True)
    assert guard.target("http://localhost:9101/x").connect == "http://localhost:9101/x"
    assert guard.target("http://127.0.0.1:9101/x").host == "127.0.0.1:9101"
    assert guard.admits("localhost", "127.0.0.1")
    assert guard.target("http://a.localhost:9101/x").connect == "http://a.localhost:9101/x"
    assert guard.admits("a.localhost", "127.0.0.1")
    assert not guard.admits("a.localhost", "10.0.0.1")
    assert not Guard().admits("a.localhost", "127.0.0.1")
    with pytest.raises(Refused):
        Guard().target("http://a.localhost/")
    assert not guard.admits("wild.example", "127.0.0.1")
    for url in ("http://wild.example/", "https://wild.example:9101/", "http://10.0.0.1/", "http://169.254.169.254/"):
        with pytest.raises(Refused):
            guard.target(url)


def test_mapped_hosts_go_elsewhere_and_nowhere_else() -> None:
    guard = Guard(host_map=parse_host_map("b.test=http://127.0.0.1:8002, C.test=http://127.0.0.1:8003"))
    target = guard.target("https://c.test/users/bob?x#y")
    assert (target.url, target.connect) == ("https://c.test/users/bob?x", "http://127.0.0.1:8003/users/bob?x")
    assert guard.connectable("127.0.0.1", 8002)
    assert not guard.connectable("127.0.0.1", 5432)
    with pytest.raises(Refused):
        guard.target("http://c.test/users/bob")


@pytest.mark.parametrize(
    "text", ["b.test", "b.test=", "b.test=10.0.0.1", "b.test=http://10.0.0.1:80", "=http://127.0.0.1"]
)
def test_maps_that_are_none(text: str) -> None:
    with pytest.raises(StartupError):
        parse_host_map(text)


_hosts = st.one_of(
    st.from_regex(r"[a-zA-Z0-9.\-_:@\[\]%\\]{1,20}", fullmatch=True),
    st.text(max_size=12),
    st.ip_addresses().map(str),
    st.sampled_from(["wild.example", "127.0.0.1", "localhost", "[::1]", "wild.example:443", "u@wild.example"]),
)


@settings(max_examples=500)
@given(st.sampled_from(["https://", "HTTPS://", "https:/", "https:\\", "http://", ""]), _hosts, st.text(max_size=12))
def test_whatever_is_asked_every_reader_sees_the_same_host(scheme: str, host: str, rest: str) -> None:
    """Where two parsers disagree on the host of an address, one of them guards the wrong door."""
    try:
        target = Guard().target(f"{scheme}{host}{rest}")
    except Refused:
        return
    url = yarl.URL(target.connect, encoded=True)
    parts = urlsplit(target.url)
    assert target.url.isascii()
    assert url.scheme == parts.scheme == "https"
    assert url.raw_host == parts.hostname == target.host
    assert url.port == 443
    assert parts.port is None
    assert url.user is None
    assert "." in target.host
    assert parsed(target.host) is None
    assert str(url).isprintable()
