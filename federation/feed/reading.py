"""Posts from elsewhere, read with distrust: what may be shown of them, bounded and made safe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from federation.documents.origins import host
from federation.documents.terms import PUBLIC, embedded, first, has_type, id_of, ids_of, many, text_of
from federation.feed.models import Post, PostImage
from federation.remote.models import RemoteActor
from federation.remote.parsing import clean, plain

TYPES = ("Note", "Article", "Page", "Image")
MOST_IMAGES = 20
MOST_LOOKED_AT = 60
LONGEST_URI = 2_048
LONGEST_TITLE = 500
LONGEST_CONTENT = 20_000
LONGEST_WARNING = 1_000
LONGEST_ALT = 3_000
# Cleaning can make text longer, by writing out what was left open.
LONGEST_CLEANED = 40_000
LARGEST_SIDE = 100_000
# Before that nobody posted anything.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,200}")
_MEDIA_TYPE = re.compile(r"image/[a-z0-9.+-]{1,60}")
_ZONED = re.compile(r"(?:[Zz]|[+-]\d{2}:?\d{2})$")


def is_post(obj: dict[str, Any]) -> bool:
    """Whether an object is of a kind that can be in the feed."""
    return has_type(obj, *TYPES)


def fits(uri: str) -> bool:
    """Whether an id is short enough to be kept: in bytes, which is how long entries of an index may be."""
    return len(uri.encode("utf-8", "replace")) <= LONGEST_URI


def read_post(
    obj: dict[str, Any],
    author: RemoteActor,
    received_at: datetime,
    *,
    envelope: dict[str, Any] | None = None,
    plain_http: bool = False,
) -> Post | None:
    """The post in `obj`, which is known to come from `author`; None where it is not for the feed.

    For the feed is what has pictures, answers nobody, and is for everybody or for the author's followers: what was
    written to somebody alone is no business of other followers. Where a post does not say whom it is for, the activity
    around it (`envelope`) does. `plain_http` lets pictures be without TLS, for tests.
    """
    uri = id_of(obj)
    if uri is None or not fits(uri) or not is_post(obj) or obj.get("inReplyTo"):
        return None
    addressed = _addressed(obj) or _addressed(envelope or {})
    public = PUBLIC in addressed
    if not public and (author.followers_uri is None or author.followers_uri not in addressed):
        return None
    images = tuple(_images(obj, plain_http=plain_http))
    if not images:
        return None
    published = moment(obj.get("published"), received_at)
    # Of an Image the name is what Mastodon calls the alternative text; it is read there.
    title = "" if has_type(obj, "Note", "Image") else plain(text_of(obj.get("name")))
    return Post(
        uri=uri,
        author=author.uri,
        public=public,
        url=_page(obj, plain_http=plain_http),
        title=title[:LONGEST_TITLE],
        content=_content(obj),
        warning=_warning(obj),
        sensitive=obj.get("sensitive") is True,
        images=images,
        published_at=published,
        edited_at=max(published, moment(obj.get("updated"), received_at, otherwise=published)),
    )


def _addressed(obj: dict[str, Any]) -> set[str]:
    found = {name for term in ("to", "cc") for name in ids_of(obj.get(term))}
    return found | {PUBLIC} if found & {"as:Public", "Public"} else found


def _content(obj: dict[str, Any]) -> str:
    text = text_of(obj.get("content"))
    if text is None:
        languages = embedded(obj.get("contentMap")) or {}
        text = next((value for value in languages.values() if isinstance(value, str)), None)
    cleaned = clean(text, longest=LONGEST_CONTENT)
    return cleaned if len(cleaned) <= LONGEST_CLEANED else plain(cleaned)[:LONGEST_CONTENT]


def _warning(obj: dict[str, Any]) -> str:
    """What stands before a post to warn of it; the summary of an article only sums it up."""
    if has_type(obj, "Article", "Page"):
        return ""
    return plain(text_of(obj.get("summary")))[:LONGEST_WARNING]


def _images(obj: dict[str, Any], *, plain_http: bool) -> Iterator[PostImage]:
    """The pictures of a post, each once: those attached, that of an article, or the post itself where it is one."""
    candidates = [obj] if has_type(obj, "Image") else many(obj.get("attachment"))[:MOST_LOOKED_AT]
    if not has_type(obj, "Image"):
        candidates += many(obj.get("image"))[:1]
    seen: set[str] = set()
    for candidate in candidates:
        image = _image(candidate, plain_http=plain_http) if isinstance(candidate, dict) else None
        if image is not None and image.url not in seen:
            seen.add(image.url)
            yield image
            if len(seen) == MOST_IMAGES:
                return


def _image(obj: dict[str, Any], *, plain_http: bool) -> PostImage | None:
    link = _link(obj)
    said = _media_type(link.get("mediaType")) or _media_type(obj.get("mediaType"))
    other = text_of(obj.get("mediaType")) is not None and said is None
    if other or not (has_type(obj, "Image") or said is not None):
        return None
    url = _web(link.get("href"), plain_http=plain_http)
    if url is None:
        return None
    width, height = _side(link.get("width") or obj.get("width")), _side(link.get("height") or obj.get("height"))
    if width is None or height is None:
        width = height = None
    return PostImage(url, said, width, height, _blurhash(obj.get("blurhash")), _alt(obj))


def _link(obj: dict[str, Any]) -> dict[str, Any]:
    """Where a picture is: `{href, mediaType, width, height}`, of several the first that says it is a picture."""
    links = [_as_link(link) for link in (many(obj.get("url")) or many(obj.get("href")))[:10]]
    fit = [link for link in links if _media_type(link.get("mediaType"))]
    plain_links = [link for link in links if "mediaType" not in link]
    return next(iter(fit + plain_links), {})


def _as_link(link: Any) -> dict[str, Any]:
    if isinstance(link, dict):
        return {
            "href": first(link.get("href")),
            **{key: link[key] for key in ("mediaType", "width", "height") if key in link},
        }
    return {"href": link}


def _alt(obj: dict[str, Any]) -> str:
    """What a picture shows, in words: most say it in `name`, some in `summary`."""
    for term in ("name", "summary"):
        if found := plain(text_of(obj.get(term))):
            return found[:LONGEST_ALT]
    return ""


def _media_type(value: Any) -> str | None:
    """The media type of a picture that browsers may show; SVG is a program."""
    if not isinstance(value, str):
        return None
    kind = value.partition(";")[0].strip().lower()
    return kind if _MEDIA_TYPE.fullmatch(kind) and not kind.startswith("image/svg") else None


def _blurhash(value: Any) -> str | None:
    text = text_of(value)
    return text if text is not None and _BLURHASH.fullmatch(text) else None


def _side(value: Any) -> int | None:
    return value if type(value) is int and 0 < value <= LARGEST_SIDE else None


def _page(obj: dict[str, Any], *, plain_http: bool) -> str | None:
    """The page of a post for people; where it names none, its id."""
    links = [_as_link(link) for link in many(obj.get("url"))[:10]]
    pages = [link for link in links if link.get("mediaType") == "text/html"]
    pages += [link for link in links if "mediaType" not in link and not has_type(obj, "Image")]
    for link in pages:
        if found := _web(link["href"], plain_http=plain_http):
            return found
    return _web(id_of(obj), plain_http=plain_http)


def _web(address: Any, *, plain_http: bool) -> str | None:
    if not isinstance(address, str) or len(address) > LONGEST_URI:
        return None
    try:
        host(address)
    except ValueError:
        return None
    return address if plain_http or address[:8].lower() == "https://" else None


def moment(value: Any, received_at: datetime, *, otherwise: datetime | None = None) -> datetime:
    """A time that a post says of itself, never later than it came; `otherwise` (or that) where it says none."""
    fallback = received_at if otherwise is None else otherwise
    text = text_of(value)
    if text is None or not 10 < len(text) <= 40 or not _ZONED.search(text):
        return fallback
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return fallback
    return min(moment, received_at) if moment >= EARLIEST else fallback
