"""Local addresses: made, recognised, and put together from requests."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archypix.core.errors import StartupError
from archypix.core.settings import load_settings
from federation.addresses import NAME, SLUG, Addresses, Place

HERE = Addresses("a.test", "https://a.test", "https://backend.test")
DESK = Addresses("localhost:8001", "http://localhost:8001", "http://localhost:8001")


def test_they_follow_the_settings() -> None:
    assert Addresses.of(load_settings({}), 8001) == DESK
    assert Addresses.of(load_settings({}, domain="A.Test", public_url="https://backend.test"), 80) == HERE
    assert Addresses.of(load_settings({}, domain="bücher.example"), 80).domain == "xn--bcher-kva.example"
    with pytest.raises(StartupError):
        Addresses.of(load_settings({}, domain="a..test"), 80)


def test_identities_lie_under_the_domain_and_inboxes_at_the_backend() -> None:
    uri = HERE.collection("alice", "travel")
    assert uri == "https://a.test/users/alice/collections/travel"
    assert HERE.inbox(uri) == "https://backend.test/users/alice/collections/travel/inbox"
    assert HERE.inbox(HERE.instance) == HERE.shared_inbox == "https://backend.test/inbox"
    assert HERE.handle("alice") == "@alice@a.test"


def test_behind_a_resolver_people_elsewhere_in_the_domain_are_no_locals() -> None:
    shared = Addresses("a.test", "https://a.test", "https://b1.a.test", {"alice"})
    for uri in (
        "https://a.test/users/alice", "https://A.test/users/alice/followers", "https://a.test/users/alice?page=1",
        "https://a.test/users/al%69ce", "https://a.test/@alice", "https://a.test/users/alice#main-key",
        "https://a.test/users/alice/collections/x/outbox", "https://b1.a.test/actor", "https://b1.a.test/files/x",
        "https://b1.a.test/users/bob/inbox",
    ):  # fmt: skip
        assert shared.is_local(uri), uri
        assert not shared.is_neighbours(uri), uri
    for uri in (
        "https://a.test/users/bob", "https://a.test/users/alicia", "https://a.test/users/alice_", "https://a.test/",
        "https://a.test/actor", "https://a.test/actor#ed25519-key", "https://a.test/.well-known/webfinger?resource=x",
        "https://a.test/users/", "https://a.test//users/alice", "https://a.test/users/ALICE",
    ):  # fmt: skip
        assert not shared.is_local(uri), uri
        assert shared.is_neighbours(uri), uri
        assert shared.place(uri) is None
    for uri in ("https://b2.a.test/users/alice", "http://a.test/users/alice", "https://x.test/users/alice", "acct:x"):
        assert not shared.is_local(uri), uri
        assert not shared.is_neighbours(uri), uri
    assert not any(HERE.is_neighbours(f"{HERE.base}{path}") for path in ("/actor", "/users/bob", "/"))
    assert shared.instance == "https://b1.a.test/actor"
    assert shared.account("instance-actor") == "acct:instance-actor@b1.a.test"
    assert shared.handle("alice") == "@alice@a.test"


def test_a_backend_behind_a_resolver_has_an_address_of_its_own() -> None:
    words = {"domain": "a.test", "resolver_url": "https://a.test"}
    assert Addresses.of(load_settings({}, public_url="https://b1.a.test", **words), 80).shared
    for wrong in ({}, {"public_url": "https://a.test"}, {"domain": "", "public_url": "https://b1.a.test"}):
        with pytest.raises(StartupError, match="ARCHYPIX_PUBLIC_URL"):
            Addresses.of(load_settings({}, **words | wrong), 80)


@settings(max_examples=100, deadline=None)
@given(st.from_regex(NAME, fullmatch=True), st.none() | st.from_regex(SLUG, fullmatch=True))
def test_what_is_made_is_recognised(name: str, slug: str | None) -> None:
    for here in (HERE, DESK):
        uri = here.person(name) if slug is None else here.collection(name, slug)
        assert here.place(uri) == Place(name, slug, "")
        assert here.place(f"{uri}/outbox") == Place(name, slug, "/outbox")
        assert here.place(here.inbox(uri)) == Place(name, slug, "/inbox")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="htps:/@a.test[]%#?users", max_size=40))
def test_anything_may_be_asked(text: str) -> None:
    HERE.place(text)
    HERE.place(f"https://a.test{text}")
    assert not HERE.is_local(f"https://a.test.{text}") or text in ("", ".")


@pytest.mark.parametrize(
    "uri",
    [
        "https://a.test@b.test/users/alice",
        "https://b.test/https://a.test/users/alice",
        "https://a.test:8443/users/alice",
        "http://a.test/users/alice",
        "ftp://a.test/users/alice",
        "//a.test/users/alice",
        "https://a.test:x/users/alice",
        "https://a.test\\@b.test/users/alice",
        "https://xa.test/users/alice",
    ],
)
def test_other_places_are_not_local(uri: str) -> None:
    assert not HERE.is_local(uri)
    assert HERE.place(uri) is None


def test_default_ports_and_case_do_not_matter_for_the_host() -> None:
    for uri in ("https://A.TEST/users/alice", "https://a.test:443/users/alice"):
        assert HERE.is_local(uri)


def test_the_target_of_a_request_keeps_its_escapes() -> None:
    assert HERE.target("a.test", b"/users/%61?x", b"b=%20c") == "https://a.test/users/%61?b=%20c"
    assert HERE.target("BACKEND.test:443", b"/inbox", b"") == "https://backend.test/inbox"
    assert DESK.target("localhost:8001", b"/inbox", b"") == "http://localhost:8001/inbox"
    for host in ("", "b.test", "a.test:80", "a.test, b.test", "a.test.", "user@a.test"):
        assert HERE.target(host, b"/inbox", b"") is None
    assert HERE.target("a.test", b"/\xff", b"") is None
