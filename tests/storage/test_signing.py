"""Signed addresses: what they allow, until when, and that nothing about them can be changed."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from urllib.parse import parse_qsl, quote, unquote, urlencode
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from yarl import URL

from archypix.core.errors import Forbidden, Invalid
from archypix.storage.keys import VARIANTS, blob_key, part_key, thumbnail_key
from archypix.storage.signing import Grant, Purpose, Signer

NOW = 1_800_000_000
KEY = blob_key(bytes(32), uuid4())
SIGNER = Signer(bytes(range(32)), now=lambda: NOW)


def check(signer: Signer, purpose: Purpose, url: str) -> Grant:
    path, _, query = url.partition("?")
    return signer.verify(purpose, path.removeprefix("/files/"), query)


def test_what_is_signed_comes_back() -> None:
    url = SIGNER.get_url(KEY, expires=NOW + 60, media_type="image/jpeg", filename="a&b=c é.jpg", inline=True)
    assert url.startswith(f"/files/{KEY}?")
    assert check(SIGNER, "get", url) == Grant(KEY, NOW + 60, "image/jpeg", "a&b=c é.jpg", inline=True)
    url = SIGNER.get_url(KEY, expires=NOW + 60, media_type="image/jpeg", inline=False)
    assert check(SIGNER, "get", url) == Grant(KEY, NOW + 60, "image/jpeg", None, inline=False)
    part = part_key(uuid4(), 3)
    assert check(SIGNER, "put", SIGNER.put_url(part, expires=NOW + 60, size=0)) == Grant(part, NOW + 60, size=0)
    assert check(SIGNER, "put", SIGNER.put_url(part, expires=NOW + 60, max_size=9)) == Grant(part, NOW + 60, max_size=9)


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_any_text_is_carried_and_kept_apart(media_type: str, filename: str, inline: bool) -> None:
    url = SIGNER.get_url(KEY, expires=NOW + 60, media_type=media_type, filename=filename, inline=inline)
    assert url.isascii()
    grant = check(SIGNER, "get", url)
    assert (grant.media_type, grant.filename, grant.inline) == (
        media_type.encode(errors="replace").decode(),
        filename.encode(errors="replace").decode(),
        inline,
    )


def other_escapes(query: str) -> str:
    return urlencode(parse_qsl(query, keep_blank_values=True))


def lower_case_escapes(query: str) -> str:
    return "&".join(f"{n}={quote(v, safe='').replace('%C3%A9', '%c3%a9')}" for n, v in parse_qsl(query))


def other_order(query: str) -> str:
    return "&".join(reversed(query.split("&")))


def as_yarl_writes_it(query: str) -> str:
    return URL(f"http://a.test/?{query}").raw_query_string


@pytest.mark.parametrize("rewrite", [other_escapes, lower_case_escapes, other_order, as_yarl_writes_it])
def test_programs_may_write_the_query_their_way(rewrite: Callable[[str], str]) -> None:
    url = SIGNER.get_url(KEY, expires=NOW + 60, media_type="image/jpeg", filename="a: b@é+(c),'d'.jpg")
    path, _, query = url.partition("?")
    assert check(SIGNER, "get", f"{path}?{rewrite(query)}").filename == "a: b@é+(c),'d'.jpg"


def addresses(signer: Signer) -> list[tuple[Purpose, str]]:
    return [
        ("get", signer.get_url(KEY, expires=NOW + 60, media_type="image/jpeg", filename="x.jpg")),
        ("get", signer.thumbnail_urls(uuid4())["medium"]),
        ("put", signer.put_url(part_key(uuid4(), 1), expires=NOW + 60, size=1234)),
        ("put", signer.put_url(part_key(uuid4(), 1), expires=NOW + 60, max_size=1234)),
    ]


def test_every_character_counts() -> None:
    """Each character replaced, each left out: refused, or it says what it said before (another variant, at most)."""
    rng = random.Random(1)
    for purpose, url in addresses(SIGNER):
        for position in range(len("/files/"), len(url)):
            for new in ("", rng.choice("abcdef0123456789&=%./+"), "0"):
                changed = url[:position] + new + url[position + 1 :]
                if unquote(changed) == unquote(url):
                    continue
                with pytest.raises(Forbidden) as caught:
                    check(SIGNER, purpose, changed)
                assert caught.value.code == "bad_signature", changed


def test_nothing_may_be_added() -> None:
    for purpose, url in addresses(SIGNER):
        for more in (
            "&z=1",
            "&m=99999999",
            "&t=text/html",
            "&i=1",
            "&n=evil.exe",
            "&e=99999999999",
            "&x=1",
            "&",
            "&s=",
        ):
            for changed in (url + more, url.replace("?", f"?{more[1:]}&", 1)):
                with pytest.raises(Forbidden):
                    check(SIGNER, purpose, changed)


def test_each_purpose_has_its_own_key() -> None:
    for purpose, url in addresses(SIGNER):
        with pytest.raises(Forbidden):
            check(SIGNER, "put" if purpose == "get" else "get", url)


def test_another_secret_signs_nothing_here() -> None:
    for purpose, url in addresses(Signer(os.urandom(32), now=lambda: NOW)):
        with pytest.raises(Forbidden):
            check(SIGNER, purpose, url)
    with pytest.raises(ValueError, match="32 bytes"):
        Signer(b"short")


@pytest.mark.parametrize(
    "query",
    ["", "s=", "e=1", "&s=", "e=&t=&s=", "e=99999999999&t=a/b", "a" * 5000, "e=%ff&s=%ff", "=", "s=é", "e=1&" * 50, "%"]
    + [f"e={number}&t=a/b&s=" + "0" * 32 for number in ("-1", "1e9", "٣", "9" * 5000, " 1", "+1", "0x1", "")],
)
def test_nonsense_is_refused(query: str) -> None:
    for purpose in ("get", "put"):
        for key in (KEY, thumbnail_key(uuid4(), "small")):
            with pytest.raises(Forbidden) as caught:
                SIGNER.verify(purpose, key, query)  # type: ignore[arg-type]
            assert caught.value.code == "bad_signature"


def test_it_ends() -> None:
    now = NOW
    signer = Signer(bytes(32), now=lambda: now)
    url = signer.get_url(KEY, expires=NOW + 60, media_type="image/jpeg")
    assert signer.seconds_left(check(signer, "get", url)) == 60
    now = NOW + 59
    check(signer, "get", url)
    now = NOW + 60
    with pytest.raises(Forbidden) as caught:
        check(signer, "get", url)
    assert caught.value.code == "link_expired"


def test_ends_are_rounded_up() -> None:
    assert SIGNER.expiry(60) == NOW + 60
    assert SIGNER.expiry(60, 900) % 900 == 0
    assert 60 <= SIGNER.expiry(60, 900) - NOW < 960


def test_thumbnails_keep_their_address_for_a_while() -> None:
    now = float(NOW)
    signer, blob = Signer(bytes(32), now=lambda: now), uuid4()
    seen: dict[str, float] = {}
    for _ in range(4 * 900 // 60):
        url = signer.thumbnail_urls(blob)["small"]
        seen.setdefault(url, now)
        left = signer.seconds_left(check(signer, "get", url))
        assert 3600 <= left <= 3600 + 900
        now += 60
    assert len(seen) in (4, 5)
    with pytest.raises(Forbidden):
        now += 2 * 3600
        check(signer, "get", url)


def test_one_signature_for_the_thumbnails_of_one_blob_only() -> None:
    blob = uuid4()
    urls = SIGNER.thumbnail_urls(blob)
    assert tuple(urls) == VARIANTS
    assert len({url.partition("?")[2] for url in urls.values()}) == 1
    for variant in VARIANTS:
        grant = check(SIGNER, "get", urls[variant])
        assert (grant.key, grant.media_type) == (thumbnail_key(blob, variant), "image/webp")
    query = urls["small"].partition("?")[2]
    name = blob.hex
    for key in (
        KEY,
        thumbnail_key(uuid4(), "small"),
        f"thumbs/{name[28:30]}/{name[30:]}/{name}/huge.webp",
        f"thumbs/{name[28:30]}/{name[30:]}/{name}/small",
        f"thumbs/00/{name[30:]}/{name}/small.webp" if name[28:30] != "00" else KEY,
        f"blobs/{name[28:30]}/{name[30:]}/{name}/small.webp",
        f"thumbs/{name[28:30]}/{name[30:]}/{name}/small.webp/x",
    ):
        with pytest.raises(Forbidden):
            SIGNER.verify("get", key, query)


def test_only_keys_are_signed() -> None:
    with pytest.raises(Invalid):
        SIGNER.get_url("../etc/passwd", expires=NOW + 60, media_type="a/b")
    with pytest.raises(Invalid):
        SIGNER.put_url("a/../../b", expires=NOW + 60, size=1)
    for sizes in ({}, {"size": 1, "max_size": 1}):
        with pytest.raises(ValueError, match="either"):
            SIGNER.put_url(KEY, expires=NOW + 60, **sizes)
