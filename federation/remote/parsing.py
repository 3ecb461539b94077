"""An actor's document, read with distrust: what it may say of itself, bounded and cleaned."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import nh3

from federation.documents.origins import host, same_origin
from federation.documents.terms import embedded, first, has_type, id_of, ids_of, many, text_of, types_of
from federation.outbound.errors import Gone, Misbehaved
from federation.remote.handles import parse_handle
from federation.remote.keys import keys_of
from federation.remote.models import ActorDocument

TYPES = ("Person", "Service", "Application", "Group", "Organization")
LONGEST_URI = 2048
LONGEST_NAME = 200
LONGEST_USERNAME = 200
LONGEST_SUMMARY = 5000
MOST_ALIASES = 20
# The time that parsing takes grows with the square of the tags that are left open. What comes after so many is cut off.
MOST_TAGS = 500
MOST_TAGS_OF_LINE = 100

# What is left of a description: text, its paragraphs and links; nothing that loads, runs, or looks like our own page.
TAGS = {
    "a",
    "b",
    "br",
    "p",
    "em",
    "i",
    "strong",
    "u",
    "s",
    "del",
    "blockquote",
    "code",
    "pre",
    "ul",
    "ol",
    "li",
    "span",
}
ATTRIBUTES = {"a": {"href"}}
SCHEMES = {"http", "https", "mailto"}
_REL = "nofollow noopener noreferrer ugc"
_BLANKS = re.compile(r"\s+")
_JOINER = "\u200d"


def is_actor(data: dict[str, Any]) -> bool:
    """Whether a document is that of an actor."""
    return has_type(data, *TYPES)


def read_actor(uri: str, data: dict[str, Any], *, may_ask: Callable[[str], bool]) -> ActorDocument:
    """The actor `uri` as its document describes it.

    `may_ask` tells which addresses may be asked: an inbox must be one of them, on whichever host, since servers that
    stand behind a common domain have theirs elsewhere. Raises Misbehaved for what is no actor of that id, Gone for a
    tombstone.
    """
    if data.get("id") != uri or _web(uri) is None:
        raise Misbehaved("the document has another id than was asked for")
    if has_type(data, "Tombstone"):
        raise Gone("the actor has been deleted", status=410)
    kind = next((name for name in types_of(data) if name in TYPES), None)
    if kind is None:
        raise Misbehaved("the document is not an actor's")
    inbox = _asked(data.get("inbox"), may_ask)
    if inbox is None:
        raise Misbehaved("the actor has no inbox that may be asked")
    endpoints = embedded(data.get("endpoints")) or {}
    keys, named = keys_of(uri, data)
    name_of_host = host(uri)
    username = _username(data, uri)
    return ActorDocument(
        uri=uri,
        host=name_of_host,
        type=kind,
        username=username,
        claimed=_webfinger(data) or f"{username}@{name_of_host}",
        name=plain(text_of(data.get("name")))[:LONGEST_NAME] or username,
        summary=clean(text_of(data.get("summary"))),
        url=_page(data) or uri,
        icon_url=_icon(data.get("icon"), may_ask),
        inbox=inbox,
        shared_inbox=_asked(endpoints.get("sharedInbox"), may_ask),
        outbox=_own(data.get("outbox"), uri),
        followers_uri=_own(data.get("followers"), uri),
        moved_to=_web(id_of(data.get("movedTo"))),
        also_known_as=_aliases(data),
        approves_followers=data.get("manuallyApprovesFollowers") is True,
        keys=keys,
        named_keys=named,
        access_url=_asked(endpoints.get("apx:access"), may_ask),
        pictures_url=_asked(endpoints.get("apx:pictures"), may_ask),
    )


def plain(text: str | None) -> str:
    """One line of plain text: no markup, no entities, no characters that change the direction of writing."""
    if not text:
        return ""
    bare = html.unescape(nh3.clean(_cut(text[:LONGEST_SUMMARY], MOST_TAGS_OF_LINE), tags=set()))
    shown = (letter for letter in bare if letter.isprintable() or letter.isspace() or letter == _JOINER)
    return _BLANKS.sub(" ", "".join(shown)).strip()


def clean(markup: str | None, *, longest: int = LONGEST_SUMMARY) -> str:
    """HTML of strangers, made harmless: a few tags, links that neither lend this server's name nor tell where from."""
    if not markup:
        return ""
    cut = _cut(markup[:longest], MOST_TAGS)
    cleaned = nh3.clean(cut, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel=_REL)
    # Closing tags and what links are given can make much out of little.
    return cleaned if len(cleaned) <= 3 * longest else html.escape(plain(markup)[:longest])


def _cut(markup: str, most: int) -> str:
    """What stands before the tag that is one too many."""
    return "<".join(markup.split("<", most + 1)[: most + 1])


def _username(data: dict[str, Any], uri: str) -> str:
    """The preferred name; where there is none, the end of the id."""
    said = text_of(data.get("preferredUsername"))
    for name in (said, uri.rstrip("/").rsplit("/", 1)[-1]):
        if name and len(name) <= LONGEST_USERNAME and parse_handle(f"{name}@example.org"):
            return name
    return "unknown"


def _webfinger(data: dict[str, Any]) -> str | None:
    """The handle that an actor says it has (FEP-2c59); whether that is so, WebFinger tells."""
    said = text_of(data.get("webfinger"))
    found = parse_handle(said) if said else None
    return str(found) if found else None


def _aliases(data: dict[str, Any]) -> tuple[str, ...]:
    found = dict.fromkeys(filter(None, (_web(name) for name in ids_of(data.get("alsoKnownAs"))[:MOST_ALIASES])))
    return tuple(found)


def _page(data: dict[str, Any]) -> str | None:
    """The page for people: the link that is HTML, or the first there is."""
    links = many(data.get("url"))[:10]
    pages = [link for link in links if isinstance(link, dict) and link.get("mediaType") == "text/html"]
    for link in pages + links:
        address = text_of(link.get("href")) if isinstance(link, dict) else text_of(link)
        if found := _web(address):
            return found
    return None


def _icon(value: Any, may_ask: Callable[[str], bool]) -> str | None:
    icon = first(value)
    if isinstance(icon, dict):
        link = first(icon.get("url"))
        icon = link.get("href") if isinstance(link, dict) else link
    return _asked(icon, may_ask)


def _asked(value: Any, may_ask: Callable[[str], bool]) -> str | None:
    address = _web(id_of(value))
    return address if address is not None and may_ask(address) else None


def is_web(address: str) -> bool:
    """Whether `address` is an http(s) address that fits into a row."""
    try:
        host(address)
    except ValueError:
        return False
    return len(address.encode()) <= LONGEST_URI


def _own(value: Any, uri: str) -> str | None:
    """A collection of the actor's; at another origin it would be somebody else's."""
    address = _web(id_of(value))
    return address if address is not None and same_origin(address, uri) else None


def _web(address: str | None) -> str | None:
    """An http(s) address, or None."""
    return address if address is not None and is_web(address) else None
