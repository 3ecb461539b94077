"""How entries of a listing are written: the properties asked for, as one text with gaps, filled for each entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from webdav import xml

Item = TypeVar("Item")
# What fills a property, as XML: always the same, or made from the entry; None where it has none.
Filling: TypeAlias = "str | Callable[[Item], str | None]"
OC: Final = "{http://owncloud.org/ns}"
PREFIXES: Final = {"DAV:": "D", "http://owncloud.org/ns": "oc"}
# What no client can set, because it is made from what is there.
LIVE: Final = frozenset(
    "{DAV:}" + name
    for name in (
        "resourcetype", "getcontentlength", "getlastmodified", "getetag", "getcontenttype", "displayname",
        "creationdate", "supportedlock", "lockdiscovery", "quota-used-bytes", "quota-available-bytes",
    )
) | frozenset(OC + name for name in ("id", "fileid", "permissions", "size", "checksums"))  # fmt: skip
HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n<D:multistatus xmlns:D="DAV:" xmlns:oc="http://owncloud.org/ns">\n'
)
TAIL: Final = "</D:multistatus>\n"
_FOUND: Final = "<D:propstat><D:prop>{}</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"
_MISSING: Final = "<D:propstat><D:prop>{}</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a PROPFIND asks for: `names` (Clark) where it names properties, and whether `all` of them, or `names_only`.

    `minimal`: do not say which of them are missing.
    """

    names: tuple[str, ...] = ()
    all: bool = False
    names_only: bool = False
    minimal: bool = False

    def wants(self, name: str) -> bool:
        """Whether this property may turn up in the answer."""
        return self.all or self.names_only or name in self.names

    @property
    def wants_sums(self) -> bool:
        """Whether checksums may turn up, which are only told to those who name them."""
        return self.names_only or f"{OC}checksums" in self.names

    @property
    def may_be_dead(self) -> bool:
        """Whether properties may turn up that clients set."""
        return self.all or self.names_only or any(name not in LIVE for name in self.names)


class Shape(Generic[Item]):
    """What is written for entries of one kind. `dead` are properties that clients set, by name, as whole elements."""

    def __init__(self, wish: Wish, fillings: Mapping[str, Filling[Item]], quiet: frozenset[str] = frozenset()) -> None:
        """`quiet` are those that are not written for all that ask for everything, but only where they are named."""
        self._wish = wish
        names = list(wish.names)
        if wish.all or wish.names_only:
            names = [name for name in fillings if wish.names_only or name not in quiet or name in wish.names]
            names += [name for name in wish.names if name not in fillings]
        self._known = {name: fillings[name] for name in names if name in fillings}
        self._unknown = [name for name in names if name not in fillings]
        self._callables = tuple(filling for filling in self._known.values() if not isinstance(filling, str))
        self._whole = (False,) * len(self._callables)
        # By which of the properties that differ are missing: few entries lack anything, and those lack the same.
        self._templates: dict[tuple[bool, ...], str] = {}

    def write(self, href: str, item: Item, dead: Mapping[str, str] | None = None) -> str:
        """The `response` of one entry; `href` is percent-encoded."""
        if dead:
            return self._write_slowly(href, item, dead)
        values = [filling(item) for filling in self._callables]
        lacks = self._whole
        if None in values:
            lacks = tuple(value is None for value in values)
            values = [value for value in values if value is not None]
        template = self._templates.get(lacks)
        if template is None:
            template = self._templates[lacks] = self._make_template(lacks)
        return template % ((href,) if self._wish.names_only else (href, *values))

    def _make_template(self, lacks: tuple[bool, ...]) -> str:
        """The answer with gaps for the address and what differs, for an entry that lacks these of what differs."""
        found, missing = [], []
        differing = iter(lacks)
        for name, filling in self._known.items():
            if isinstance(filling, str):
                found.append(element(name, "" if self._wish.names_only else filling.replace("%", "%%")))
            elif next(differing):
                missing.append(name)
            else:
                found.append(element(name, "" if self._wish.names_only else "%s"))
        return _response("%s", "".join(found), self._lacking([*missing, *self._unknown]).replace("%", "%%"))

    def _lacking(self, names: Iterable[str]) -> str:
        """The properties that an entry does not have, as far as anybody named them."""
        if self._wish.minimal or self._wish.names_only:
            return ""
        return "".join(element(name) for name in names if name in self._wish.names)

    def _write_slowly(self, href: str, item: Item, dead: Mapping[str, str]) -> str:
        """The same for an entry with properties that clients set."""
        found: list[str] = []
        missing: list[str] = []
        for name, filling in self._known.items():
            content = filling if isinstance(filling, str) else filling(item)
            if content is None:
                missing.append(name)
            else:
                found.append(element(name, "" if self._wish.names_only else content))
        missing += [name for name in self._unknown if name not in dead]
        every = self._wish.all or self._wish.names_only
        for name, whole in dead.items():
            if name not in self._known and (every or name in self._wish.names):
                found.append(element(name) if self._wish.names_only else whole)
        return _response(href, "".join(found), self._lacking(missing))


def element(name: str, content: str = "") -> str:
    """A property with its content; other namespaces than our two are declared on it."""
    namespace, local = xml.split(name)
    prefix = PREFIXES.get(namespace)
    tag = f"{prefix}:{local}" if prefix else local
    declared = "" if prefix else f' xmlns="{xml.escape(namespace)}"'
    return f"<{tag}{declared}>{content}</{tag}>" if content else f"<{tag}{declared}/>"


def _response(href: str, found: str, missing: str) -> str:
    # An answer without any propstat would be no answer at all.
    first = _FOUND.format(found) if found or not missing else ""
    second = _MISSING.format(missing) if missing else ""
    return f"<D:response><D:href>{href}</D:href>{first}{second}</D:response>\n"


def written(entries: Iterable[str], at_once: int = 256) -> Iterator[bytes]:
    """A whole multistatus, in pieces of so many entries."""
    waiting: list[str] = [HEAD]
    for entry in entries:
        waiting.append(entry)
        if len(waiting) >= at_once:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting.clear()
    waiting.append(TAIL)
    yield "".join(waiting).encode("utf-8", "replace")


def names_of(elements: Sequence[xml.Element]) -> tuple[str, ...]:
    """The names of properties in a `prop`, each once, in their order."""
    return tuple(dict.fromkeys(item.name for item in elements))
