"""What RFC 9421 calls components, taken from a request as on the wire: the library's resolver on our parsed request."""

from __future__ import annotations

from typing import Any

from http_message_signatures import HTTPSignatureComponentResolver
from http_message_signatures.structures import CaseInsensitiveDict, get_header_field_lines

from federation.signatures.fields import Fields, parse_target
from federation.signatures.models import BadSignature, SignedRequest


class Message:
    """A request as the library wants to see it; fields and target are parsed once for all signatures."""

    __slots__ = ("fields", "method", "target", "url")

    def __init__(self, request: SignedRequest) -> None:
        self.method = request.method
        self.url = request.url
        self.fields = Fields(request.headers)
        self.target = parse_target(request.url)

    @property
    def headers(self) -> Fields:
        """The name under which the library looks for them."""
        return self.fields


class WireComponents(HTTPSignatureComponentResolver):
    """Resolves components of a `Message` without decoding or completing anything.

    Plain fields and the parts of the target take the short way; what carries parameters, and messages that are no
    `Message` (responses), take the library's.
    """

    def __init__(self, message: Any) -> None:
        if not isinstance(message, Message):
            super().__init__(message)  # type: ignore[no-untyped-call]
            return
        if message.method != message.method.upper():
            raise BadSignature("The method is not in upper case.")
        self.message = message
        self.message_type = "request"
        self.url_parts = message.target  # type: ignore[assignment]
        self._parsed_dictionaries = {}
        self._serialized_structured_fields = {}

    def resolve(self, component_node: Any) -> str:
        """The value of a parsed component. Raises HTTPMessageSignaturesException or BadSignature without one."""
        message = self.message
        if not isinstance(message, Message):
            return str(super().resolve(component_node))
        if component_node.params:
            self._make_fields()
            return str(super().resolve(component_node))
        return component(message, component_node.value)

    def _make_fields(self) -> None:
        lines = get_header_field_lines(self.message.headers)  # type: ignore[no-untyped-call]
        self.header_field_lines = lines
        joined = ((name, ", ".join(values)) for name, values in lines.items())
        self.headers = CaseInsensitiveDict(joined)  # type: ignore[no-untyped-call]


def component(message: Message, name: str) -> str:
    """The value of a component without parameters (RFC 9421 §2.1, §2.2). Raises BadSignature for unknown ones."""
    if not name.startswith("@"):
        return message.fields.joined(name)
    target = message.target
    match name:
        case "@method":
            return message.method
        case "@target-uri":
            return f"{target.scheme}://{target.authority}{target.path or '/'}{target.query_suffix}"
        case "@authority":
            return target.normal_authority
        case "@scheme":
            return target.scheme
        case "@path":
            return target.path or "/"
        case "@query":
            return f"?{target.query or ''}"
        case "@request-target":
            return f"{target.path or '/'}{target.query_suffix}"
    raise BadSignature("The signature covers a component that is not known.")
