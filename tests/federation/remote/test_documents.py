"""What actors say of themselves, and what of it is believed."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.outbound.errors import FetchError, Gone, Misbehaved
from federation.outbound.guard import Guard
from federation.remote.models import ActorDocument
from federation.remote.parsing import clean, plain, read_actor
from federation.signatures.keys import public_pem
from tests.federation.remote.people import KEY, key_object, multikey

URI = "https://wild.test/users/bob"
GOOD: dict[str, Any] = {
    "id": URI,
    "type": "Person",
    "preferredUsername": "bob",
    "inbox": f"{URI}/inbox",
    "publicKey": key_object(URI),
}


def may_ask(url: str) -> bool:
    if url.startswith("https://own.test"):
        return False
    try:
        Guard().target(url)
    except FetchError:
        return False
    return True


def read(**changed: Any) -> ActorDocument:
    """The good document with these terms changed."""
    return read_actor(URI, GOOD | changed, may_ask=may_ask)


def weak_pem() -> str:
    small = rsa.generate_private_key(65_537, 1024).public_key()
    return small.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def curve_pem() -> str:
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_plain_actor() -> None:
    actor = read(
        name=" Bob\n\u202eevil\u2066 ", summary="<p onclick=x>Hi<script>x</script> <a href='javascript:x'>a</a></p>",
        endpoints={"sharedInbox": "https://wild.test/inbox"}, followers=f"{URI}/followers", outbox=f"{URI}/outbox",
        icon={"type": "Image", "url": "https://cdn.test/b.png"}, url="https://wild.test/@bob",
        alsoKnownAs=["https://other.test/bob"], movedTo="https://other.test/bob", manuallyApprovesFollowers=True,
    )  # fmt: skip
    assert (actor.uri, actor.host, actor.type, actor.username) == (URI, "wild.test", "Person", "bob")
    assert (actor.claimed, actor.name) == ("bob@wild.test", "Bob evil")
    assert actor.summary == '<p>Hi <a rel="nofollow noopener noreferrer ugc">a</a></p>'
    assert (actor.inbox, actor.shared_inbox) == (f"{URI}/inbox", "https://wild.test/inbox")
    assert (actor.outbox, actor.followers_uri) == (f"{URI}/outbox", f"{URI}/followers")
    assert (actor.icon_url, actor.url) == ("https://cdn.test/b.png", "https://wild.test/@bob")
    assert (actor.moved_to, actor.also_known_as) == ("https://other.test/bob", ("https://other.test/bob",))
    assert actor.approves_followers
    assert [key.id for key in actor.keys] == [f"{URI}#main-key"]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "https://wild.test/users/eve"}, {"id": "https://other.test/users/bob"}, {"id": None}, {"id": [URI]},
        {"type": "Note"}, {"type": None}, {"type": []}, {"type": 5}, {"type": {"a": "Person"}}, {"type": "person"},
        {"inbox": None}, {"inbox": ""}, {"inbox": "inbox"}, {"inbox": "http://wild.test/inbox"}, {"inbox": 5},
        {"inbox": []},
        {"inbox": "https://127.0.0.1/inbox"}, {"inbox": "https://wild.test:22/inbox"},
        {"inbox": "https://own.test/inbox"},
        {"inbox": "https://u:p@wild.test/inbox"}, {"inbox": "file:///inbox"}, {"inbox": "https://localhost/inbox"},
        {"inbox": "https://wild.test/" + "a" * 3000}, {"inbox": {"url": "https://wild.test/"}},
        {"inbox": [f"{URI}/a", "b"]},
    ],
)  # fmt: skip
def test_what_is_no_actor(changed: dict[str, Any]) -> None:
    with pytest.raises(Misbehaved):
        read(**changed)


def test_a_tombstone_is_gone() -> None:
    with pytest.raises(Gone):
        read(type="Tombstone")


@pytest.mark.parametrize("kind", ["Service", ["Group"], ["as:Person"], ["x:Photographer", "Person"]])
def test_kinds_of_actors(kind: Any) -> None:
    assert read(type=kind).type in ("Service", "Group", "Person")


def test_an_inbox_may_be_elsewhere_but_collections_may_not() -> None:
    actor = read(
        inbox=["https://backend.test/inbox"], endpoints=[{"sharedInbox": {"id": "https://backend.test/shared"}}],
        followers="https://other.test/followers", outbox="https://other.test/outbox",
    )  # fmt: skip
    assert (actor.inbox, actor.shared_inbox) == ("https://backend.test/inbox", "https://backend.test/shared")
    assert (actor.outbox, actor.followers_uri) == (None, None)


@pytest.mark.parametrize(
    "shared",
    [
        None,
        5,
        "x",
        "http://wild.test/inbox",
        "https://10.0.0.1/",
        "https://own.test/inbox",
        {"id": 5},
        ["a", "b"],
        "https://[",
    ],
)
def test_shared_inboxes_that_are_none(shared: Any) -> None:
    assert read(endpoints={"sharedInbox": shared}).shared_inbox is None
    assert read(endpoints=shared).shared_inbox is None


# --- Keys


@pytest.mark.parametrize(
    "key",
    [
        key_object("https://wild.test/users/eve"), key_object(URI, "https://other.test/key"), key_object(URI,
        owner=None),
        key_object(URI, owner="https://other.test/users/bob"), key_object(URI, publicKeyPem=None),
        {"id": f"{URI}#main-key"},
        key_object(URI, publicKeyPem="-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"), 5, [], [[]], {},
        None,
        key_object(URI, publicKeyPem=5), key_object(URI, publicKeyPem="x" * 100_000), key_object(URI, ["a", "b"]),
        key_object(URI, id="x"), multikey(URI, controller="https://other.test/eve"), multikey(URI,
        publicKeyMultibase="z6Mk"),
        multikey(URI, publicKeyMultibase="z" + "1" * 5000), multikey(URI, publicKeyMultibase=["z"]),
        key_object(URI, publicKeyPem=weak_pem()), key_object(URI, publicKeyPem=curve_pem()),
        key_object(URI, owner={"id": "https://other.test/"}), key_object(URI, f"{URI}#" + "k" * 3000),
    ],
)  # fmt: skip
def test_keys_that_are_not_taken(key: Any) -> None:
    assert read(publicKey=key).keys == ()
    assert read(publicKey=None, assertionMethod=key).keys == ()


def test_several_keys_of_both_forms() -> None:
    second = key_object(URI, f"{URI}#second")
    actor = read(publicKey=[key_object(URI), second, key_object(URI)], assertionMethod=[multikey(URI)])
    assert [(key.id, key.algorithm) for key in actor.keys] == [
        (f"{URI}#main-key", "rsa"), (f"{URI}#second", "rsa"), (f"{URI}#ed25519-key", "ed25519"),
    ]  # fmt: skip
    assert all(key.owner == URI for key in actor.keys)


def test_more_keys_than_anybody_needs() -> None:
    many = [key_object(URI, f"{URI}#{number}") for number in range(200)]
    assert len(read(publicKey=many, assertionMethod=many).keys) <= 10


def test_keys_that_are_only_named() -> None:
    actor = read(publicKey=[f"{URI}/key", "https://other.test/key", f"{URI}/2", f"{URI}/3"])
    assert actor.named_keys == (f"{URI}/key", f"{URI}/2")


# --- What people read


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("<b>Bob</b> &amp; Co", "Bob & Co"), ("a\u0000b\u200bc\td", "abc d"), ("<script>x</script>", ""), (None, ""),
        ("👩\u200d🔬", "👩\u200d🔬"), ("\u202egnp.exe", "gnp.exe"), ("  \n ", ""), ("a < b", "a < b"),
    ],
)  # fmt: skip
def test_names(said: str | None, shown: str) -> None:
    assert plain(said) == shown


@pytest.mark.parametrize(
    "markup",
    [
        "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<iframe src=//x>",
        "<a href=javascript:alert(1)>x</a>",
        "<a href='data:text/html,x'>x</a>", "<p style='position:fixed'>x</p>", "<form action=x><input></form>",
        "<math><mtext></p><style><img src=x onerror=x></style>", "<link rel=stylesheet href=//x>", "<base href=//x>",
        "<a href='//x' target=_blank onclick=x>x</a>", "<video src=x autoplay>", "<meta http-equiv=refresh content=0>",
        "<p class='navbar' id='main'>x</p>", "<!--[if IE]><script>x</script><![endif]-->",
        "<noscript><p title='</noscript><img src=x onerror=x>'>",
    ],
)  # fmt: skip
def test_markup_is_harmless(markup: str) -> None:
    shown = clean(markup).lower()
    for evil in ("<img", "<svg", "<iframe", "javascript:", "data:", "style", "onerror", "onclick", "<form", "<input",
    "<link",
                 "<base", "<video", "<meta", "<script", "class=", "id=", "target="):  # fmt: skip
        assert evil not in shown, shown


def test_long_texts_are_cut() -> None:
    actor = read(name="n" * 100_000, summary="<p>" + "s" * 1_000_000, preferredUsername="u" * 5000)
    assert (len(actor.name), len(actor.summary) < 6000, actor.username) == (200, True, "bob")


def test_markup_that_swells_is_shown_as_text() -> None:
    swelling = clean("<a href=//x.test>x" * 2000)
    assert len(swelling) <= 15_000
    assert len(clean("<a href='https://x.test/'>y</a>" * 240 + "hi", longest=50_000)) > 15_000
    assert clean("<a>" * 2000 + "&lt;b&gt;") == ""


def test_what_comes_after_very_many_tags_is_cut_off() -> None:
    markup = "".join(f"<b x={number}>t{number}" for number in range(3000))
    shown = clean(markup, longest=len(markup))
    assert "t499" in shown
    assert "t500" not in shown
    assert plain(markup).endswith("t99")
    assert clean("<p>a</p>" * 200) == "<p>a</p>" * 200


@pytest.mark.parametrize("name", [None, "", 5, ["a", "b"], "a b", "a@b", "<b>", "../x", "a/b", "\u202e", "x" * 300])
def test_user_names_that_are_none(name: Any) -> None:
    assert read(preferredUsername=name).claimed == "bob@wild.test"


def test_the_handle_that_is_claimed() -> None:
    assert read(webfinger="bob@other.test").claimed == "bob@other.test"
    assert read(webfinger="acct:bob@Other.test").claimed == "bob@other.test"
    for nonsense in (5, "x", "https://other.test/", "@", ["a@b.test", "c@d.test"], "a@b@c"):
        assert read(webfinger=nonsense).claimed in ("bob@wild.test", "a@b@c")


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
    | st.sampled_from([URI, f"{URI}#main-key", "https://x.test/", "Person", "Tombstone", public_pem(KEY)]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["id", "type", "owner", "publicKeyPem", "url", "href", "sharedInbox", "controller",
        "mediaType"]), inner,
        max_size=4,
    ),
    max_leaves=12,
)  # fmt: skip
_terms = [
    "type", "preferredUsername", "name", "summary", "inbox", "outbox", "followers", "endpoints", "publicKey",
    "assertionMethod",
    "icon", "url", "movedTo", "alsoKnownAs", "webfinger", "manuallyApprovesFollowers",
]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(st.sampled_from(_terms), _json, max_size=8))
def test_whatever_a_document_says_it_is_read_or_refused(changed: dict[str, Any]) -> None:
    try:
        actor = read(**changed)
    except FetchError:
        return
    assert actor.uri == URI
    assert len(actor.name) <= 200
    assert all(key.owner == URI for key in actor.keys)
    assert may_ask(actor.inbox)
    assert actor.shared_inbox is None or may_ask(actor.shared_inbox)
