"""Atom (RFC 4287) and RSS 2.0 of a collection's latest posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
MEDIA = "http://search.yahoo.com/mrss/"
# Control characters that no XML may hold.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 127, 0xFFFE, 0xFFFF])

ElementTree.register_namespace("", ATOM)
ElementTree.register_namespace("media", MEDIA)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of an entry."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A post."""

    url: str
    title: str
    published: datetime
    updated: datetime
    pictures: tuple[Shown, ...]

    @property
    def html(self) -> str:
        """The pictures, as readers show them."""
        return "".join(f'<p><img src="{escape(one.url)}" alt="{escape(one.alt)}"></p>' for one in self.pictures)


@dataclass(frozen=True, slots=True)
class Channel:
    """A collection, and where its feed lies."""

    url: str
    feed_url: str
    title: str
    text: str
    author: str
    author_url: str
    entries: tuple[Entry, ...]

    @property
    def updated(self) -> datetime:
        return max((entry.updated for entry in self.entries), default=datetime(1970, 1, 1, tzinfo=UTC))


def atom(channel: Channel) -> bytes:
    """The feed as Atom."""
    feed = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(feed, f"{{{ATOM}}}id", channel.url)
    _add(feed, f"{{{ATOM}}}title", channel.title)
    if channel.text:
        _add(feed, f"{{{ATOM}}}subtitle", channel.text)
    _add(feed, f"{{{ATOM}}}updated", channel.updated.isoformat(timespec="seconds"))
    _add(feed, f"{{{ATOM}}}link", rel="self", type="application/atom+xml", href=channel.feed_url)
    _add(feed, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=channel.url)
    author = _add(feed, f"{{{ATOM}}}author")
    _add(author, f"{{{ATOM}}}name", channel.author)
    _add(author, f"{{{ATOM}}}uri", channel.author_url)
    for entry in channel.entries:
        node = _add(feed, f"{{{ATOM}}}entry")
        _add(node, f"{{{ATOM}}}id", entry.url)
        _add(node, f"{{{ATOM}}}title", entry.title)
        _add(node, f"{{{ATOM}}}published", entry.published.isoformat(timespec="seconds"))
        _add(node, f"{{{ATOM}}}updated", entry.updated.isoformat(timespec="seconds"))
        _add(node, f"{{{ATOM}}}link", rel="alternate", type="text/html", href=entry.url)
        _add(node, f"{{{ATOM}}}content", entry.html, type="html")
        _media(node, entry)
    return _written(feed)


def rss(channel: Channel) -> bytes:
    """The feed as RSS 2.0."""
    root = ElementTree.Element("rss", version="2.0")
    node = _add(root, "channel")
    _add(node, "title", channel.title)
    _add(node, "link", channel.url)
    _add(node, "description", channel.text or channel.title)
    _add(node, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=channel.feed_url)
    _add(node, "lastBuildDate", format_datetime(channel.updated.astimezone(UTC), usegmt=True))
    for entry in channel.entries:
        item = _add(node, "item")
        _add(item, "title", entry.title)
        _add(item, "link", entry.url)
        _add(item, "guid", entry.url, isPermaLink="true")
        _add(item, "pubDate", format_datetime(entry.published.astimezone(UTC), usegmt=True))
        _add(item, "description", entry.html)
        _media(item, entry)
    return _written(root)


def _media(node: ElementTree.Element, entry: Entry) -> None:
    for one in entry.pictures:
        content = _add(node, f"{{{MEDIA}}}content", url=one.url, medium="image", type="image/webp")
        if one.alt:
            _add(content, f"{{{MEDIA}}}description", one.alt, type="plain")


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, tag, {key: value.translate(_CONTROL) for key, value in attributes.items()})
    if text:
        node.text = text.translate(_CONTROL)
    return node


def _written(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
