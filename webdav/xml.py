"""XML of requests, taken from strangers: bounded in size, depth and number, and without entities or document types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from webdav.answers import Refused

DAV: Final = "{DAV:}"
DEEPEST: Final = 64
MOST_ELEMENTS: Final = 10_000
MOST_ATTRIBUTES: Final = 100
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_SPECIAL: Final = re.compile(r'[&<>"]')
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
# What may not stand in XML 1.0 at all.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Element:
    """An element. Its name and those of its attributes are `{namespace}local`, `{}local` without a namespace."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        return (child for child in self.children if isinstance(child, Element))

    def find(self, name: str) -> Element | None:
        """The first child of this name."""
        return next((child for child in self if child.name == name), None)

    @property
    def text(self) -> str:
        """The text right below it."""
        return "".join(child for child in self.children if isinstance(child, str))


def parse(body: bytes) -> Element:
    """The root of a document. `Refused` (400) for anything but plain, well-formed XML of ordinary size."""
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.EntityDeclHandler = _refuse_doctype
    parser.ProcessingInstructionHandler = builder.ignore
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise Refused(400, f"The body is not well-formed XML: {expat.errors.messages[error.code]}.") from None
    except (LookupError, ValueError):
        raise Refused(400, "The body is in an encoding that is not known here.") from None
    if builder.root is None:
        raise Refused(400, "The body has no element.")
    return builder.root


def serialize(element: Element) -> str:
    """An element as XML that needs nothing around it: every namespace is declared where it is used."""
    pieces: list[str] = []
    _write(element, pieces)
    return "".join(pieces)


def escape(text: str) -> str:
    """`text` as it may stand in content and attributes; what XML cannot hold becomes U+FFFD."""
    if _SPECIAL.search(text):
        text = _SPECIAL.sub(lambda match: _ENTITIES[match[0]], text)
    return _FORBIDDEN.sub("\ufffd", text) if not text.isprintable() else text


def split(name: str) -> tuple[str, str]:
    """Namespace and local name of `{namespace}local`."""
    namespace, _, local = name[1:].rpartition("}")
    return namespace, local


class _Builder:
    """Puts a tree together from what the parser meets."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= DEEPEST or self._count > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            raise Refused(400, "The body is XML of a kind that is too large for anything here.")
        element = Element(_clark(name), {_clark(key): value for key, value in attributes.items()})
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].children.append(text)

    def ignore(self, *_: object) -> None:
        """Instructions to programs mean nothing here."""


def _refuse_doctype(*_: object) -> None:
    raise Refused(400, "Document types and entities are not taken.")


def _clark(name: str) -> str:
    namespace, _, local = name.rpartition("\n")
    return f"{{{namespace}}}{local}"


def _write(element: Element, pieces: list[str]) -> None:
    namespace, local = split(element.name)
    pieces.append(f'<{local} xmlns="{escape(namespace)}"')
    for number, (name, value) in enumerate(element.attributes.items()):
        space, key = split(name)
        if space == _XML:
            pieces.append(f' xml:{key}="{escape(value)}"')
        elif space:
            pieces.append(f' xmlns:a{number}="{escape(space)}" a{number}:{key}="{escape(value)}"')
        else:
            pieces.append(f' {key}="{escape(value)}"')
    if not element.children:
        pieces.append("/>")
        return
    pieces.append(">")
    for child in element.children:
        if isinstance(child, str):
            pieces.append(escape(child))
        else:
            _write(child, pieces)
    pieces.append(f"</{local}>")
