"""Posts in the words of several kinds of software, and in the words of nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.documents.terms import PUBLIC
from federation.feed.models import Post
from federation.feed.reading import MOST_IMAGES, read_post
from federation.remote.models import RemoteActor
from tests.federation.follows.village import picture

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
BOB = RemoteActor(
    id=1, uri="https://wild.test/users/bob", host="wild.test", handle="bob@wild.test", handle_verified=True,
    claimed="bob@wild.test", type="Person", username="bob", name="Bob", summary="", url="https://wild.test/@bob",
    icon_url=None, inbox="https://wild.test/users/bob/inbox", shared_inbox=None, outbox=None,
    followers_uri="https://wild.test/users/bob/followers", moved_to=None, also_known_as=(), approves_followers=False,
    keys=(), gone=False, local=False, fetched_at=NOW,
)  # fmt: skip


def note(**more: Any) -> dict[str, Any]:
    return {
        "id": "https://wild.test/n/1",
        "type": "Note",
        "attributedTo": BOB.uri,
        "to": [PUBLIC],
        "attachment": [picture("https://wild.test/1.jpg")],
    } | more


def read(**more: Any) -> Post:
    found = read_post(note(**more), BOB, NOW)
    assert found is not None
    return found


def test_pixelfed_posts_an_album() -> None:
    post = read(
        cc=["https://wild.test/users/bob/followers"],
        url="https://wild.test/p/bob/1",
        content="<p>An album</p>",
        summary=None,
        sensitive=False,
        attachment=[
            picture(f"https://wild.test/{n}.jpg", type="Image", name=None, width=1, height=2) for n in range(4)
        ],
    )
    assert [image.url for image in post.images] == [f"https://wild.test/{n}.jpg" for n in range(4)]
    assert (post.images[0].alt, post.images[0].width, post.images[0].height) == ("", 1, 2)


def test_gotosocial_describes_pictures_in_their_summary() -> None:
    (image,) = read(
        attachment=[picture("https://wild.test/1.jpg", name=None, summary="Two <b>goats</b> &amp; a dog")]
    ).images
    assert image.alt == "Two goats & a dog"


def test_pictures_may_have_several_links() -> None:
    links = [
        {"type": "Link", "mediaType": "text/html", "href": "https://wild.test/page"},
        {"type": "Link", "mediaType": "image/webp", "href": "https://wild.test/1.webp", "width": 10, "height": 20},
        {"type": "Link", "mediaType": "image/jpeg", "href": "https://wild.test/1.jpg"},
    ]
    (image,) = read(attachment=[{"type": "Image", "url": links}]).images
    assert (image.url, image.media_type, image.width, image.height) == (
        "https://wild.test/1.webp",
        "image/webp",
        10,
        20,
    )


def test_an_image_by_itself_is_a_post() -> None:
    post = read(
        type="Image",
        name="A goat",
        url=[{"type": "Link", "mediaType": "image/jpeg", "href": "https://wild.test/g.jpg"}],
    )
    assert [(image.url, image.alt) for image in post.images] == [("https://wild.test/g.jpg", "A goat")]
    assert post.url == "https://wild.test/n/1"


def test_an_article_has_a_title_and_a_picture() -> None:
    post = read(
        type="Article",
        name="Goats &amp; rocks",
        summary="About goats",
        attachment=[],
        image=picture("https://wild.test/h.jpg"),
    )
    assert (post.title, post.warning, post.images[0].url) == ("Goats & rocks", "", "https://wild.test/h.jpg")


def test_one_attachment_need_not_be_in_a_list() -> None:
    assert len(read(attachment=picture("https://wild.test/1.jpg")).images) == 1


@pytest.mark.parametrize("to", ["as:Public", "Public", PUBLIC, [PUBLIC]])
def test_the_public_has_several_names(to: Any) -> None:
    assert read(to=to).public


def test_where_a_post_does_not_say_whom_it_is_for_its_activity_does() -> None:
    bare = note()
    del bare["to"]
    assert read_post(bare, BOB, NOW) is None
    assert read_post(bare, BOB, NOW, envelope={"to": [BOB.followers_uri]}) is not None


def test_html_is_made_safe() -> None:
    content = '<p onclick="x()">a<script>alert(1)</script><img src=x onerror=alert(1)><a href="javascript:x">b</a>'
    post = read(content=content + "<style>p{}</style><iframe src='https://evil.test'></iframe>")
    for word in ("script", "onclick", "img", "onerror", "javascript", "style", "iframe"):
        assert word not in post.content


def test_a_content_map_is_content() -> None:
    assert read(contentMap={"de": "<p>Ziegen</p>"}).content == "<p>Ziegen</p>"


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00.123456+02:00", datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)),
        ("2026-03-01T10:00:00", NOW),
        ("2999-01-01T00:00:00Z", NOW),
        ("0001-01-01T00:00:00+14:00", NOW),
        ("9999-12-31T23:59:59-14:00", NOW),
        ("yesterday", NOW),
        (1772359200, NOW),
        (None, NOW),
    ],
)
def test_times(said: Any, known: datetime) -> None:
    assert read(published=said).published_at == known


@pytest.mark.parametrize("width", [0, -1, 10**9, 1.5, "1200", True, None, [1200]], ids=repr)
def test_sizes_that_are_none(width: Any) -> None:
    (image,) = read(attachment=[picture("https://wild.test/1.jpg", width=width)]).images
    assert (image.width, image.height) == (None, None)


@pytest.mark.parametrize("blurhash", ["", "<script>", "a" * 300, 7, ["LEHV6n"] * 2])
def test_hashes_that_are_none(blurhash: Any) -> None:
    (image,) = read(attachment=[picture("https://wild.test/1.jpg", blurhash=blurhash)]).images
    assert image.blurhash is None


def test_what_is_long_is_cut() -> None:
    post = read(
        content="<p>" + "x" * 200_000,
        summary="y" * 200_000,
        attachment=[picture(f"https://wild.test/{n}.jpg", name="z" * 200_000) for n in range(200)],
    )
    assert len(post.content) <= 40_000
    assert len(post.warning) <= 1_000
    assert len(post.images) == MOST_IMAGES
    assert all(len(image.alt) <= 3_000 for image in post.images)


def test_text_that_grows_when_it_is_cleaned_is_bounded() -> None:
    assert len(read(content="&" * 20_000).content) <= 40_000
    assert len(read(content="<b>" * 6_000).content) <= 40_000
    assert len(read(content="<a href='https://a.test'>x" * 700).content) <= 40_000


words = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=30))
anything = st.recursive(
    words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
addresses = st.sampled_from(
    ["https://wild.test/1.jpg", "http://x.test/", "javascript:x", "https://[::1]/", "https://a:b@c.test/"]
)
terms = st.fixed_dictionaries(
    {},
    optional={
        name: anything | addresses | st.just([picture("https://wild.test/1.jpg")])
        for name in (
            "type", "to", "cc", "url", "name", "content", "contentMap", "summary", "sensitive", "attachment", "image",
            "published", "updated", "inReplyTo", "mediaType", "width", "height", "blurhash",
        )
    },
)  # fmt: skip


@given(terms, terms)
@settings(max_examples=300, deadline=None)
def test_nothing_that_is_said_breaks_reading(said: dict[str, Any], attached: dict[str, Any]) -> None:
    for obj in (
        note(**said),
        note(**said | {"attachment": [attached, said]}),
        note(attachment=[picture("https://a.test/") | attached]),
    ):
        post = read_post(obj, BOB, NOW)
        if post is None:
            continue
        assert 1 <= len(post.images) <= MOST_IMAGES
        assert all(image.url.startswith("https://") for image in post.images)
        assert post.published_at <= post.edited_at <= NOW
        assert "<script" not in post.content.lower()
