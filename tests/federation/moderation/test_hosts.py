"""Which rule decides on a server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archypix.core.errors import Invalid
from federation.moderation.hosts import HostRules, names_of, normal

LABEL = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=8).map(lambda text: f"a{text}")
NAMES = st.lists(LABEL, min_size=1, max_size=6).map(".".join)


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("Example.ORG", "example.org"),
        ("example.org.", "example.org"),
        (" example.org ", "example.org"),
        ("böse.test", "xn--bse-sna.test"),
        ("BÖSE.test", "xn--bse-sna.test"),
        ("xn--bse-sna.test", "xn--bse-sna.test"),
        ("localhost:8001", "localhost:8001"),
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]:80", "[::1]:80"),
    ],
)
def test_one_server_has_one_name(written: str, host: str) -> None:
    assert normal(written) == host


@pytest.mark.parametrize(
    "written",
    ["", " ", "a b", "https://example.org", "exa\0mple.org", "a..b", "-", "host:", "host:0", "host:99999", "a/b", "*"],
)
def test_what_is_no_name_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        normal(written)


def test_a_rule_holds_below_its_name_and_nowhere_else() -> None:
    rules = HostRules({"evil.test": "blocked", "loud.test": "limited"})
    assert [rules.verdict(host) for host in ("evil.test", "a.evil.test", "a.b.evil.test", "evil.test:8443")] == [
        "blocked"
    ] * 4
    assert rules.verdict("a.loud.test") == "limited"
    assert [rules.verdict(host) for host in ("notevil.test", "test", "evil.test.org", "good.test")] == ["open"] * 4


def test_the_most_specific_rule_decides() -> None:
    rules = HostRules({"evil.test": "blocked", "good.evil.test": "allowed", "loud.evil.test": "limited"})
    assert rules.verdict("x.good.evil.test") == "open"
    assert rules.verdict("loud.evil.test") == "limited"
    assert rules.verdict("other.evil.test") == "blocked"


def test_a_rule_on_a_port_is_about_that_port() -> None:
    rules = HostRules({"localhost:8001": "blocked"})
    assert rules.verdict("localhost:8001") == "blocked"
    assert rules.verdict("localhost:8002") == "open"


def test_addresses_have_no_names_above_them() -> None:
    assert list(names_of("10.0.0.1:80")) == ["10.0.0.1:80", "10.0.0.1"]
    assert list(names_of("[::1]:80")) == ["[::1]:80", "[::1]"]


def test_in_allow_list_mode_strangers_are_barred_but_never_ourselves() -> None:
    rules = HostRules({"friend.test": "allowed", "loud.test": "limited"}, allow_list=True, own=frozenset({"a.test"}))
    verdicts = [rules.verdict(host) for host in ("friend.test", "x.friend.test", "loud.test", "other.test", "a.test")]
    assert verdicts == ["open", "open", "limited", "blocked", "open"]


@given(NAMES, NAMES)
def test_a_block_reaches_exactly_what_ends_in_its_name(blocked: str, host: str) -> None:
    below = host == blocked or host.endswith(f".{blocked}")
    assert (HostRules({blocked: "blocked"}).verdict(host) == "blocked") == below
    assert HostRules({blocked: "blocked"}).verdict(f"{host}.{blocked}") == "blocked"
