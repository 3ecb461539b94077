"""Bytes from elsewhere, read strictly into a plain object: two readers must never see two different things."""

from __future__ import annotations

import json
from typing import Any

import orjson

from federation.documents.contexts import check_context
from federation.documents.errors import Malformed

DEPTH = 32
# What is read for each value is done in Python: a hundred thousand of them would hold up everybody else.
MOST_VALUES = 10_000
_LITERAL = frozenset({"@value", "@type", "type", "@language", "@direction"})
LIMIT = 262_144


def _members(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) < len(pairs):
        raise Malformed("An object has the same key twice.")


# orjson keeps the last of two members with one key and does not tell, so a second reader looks at keys alone.
_KEYS = json.JSONDecoder(object_pairs_hook=_members, parse_int=str, parse_float=str)


def load(body: bytes, *, limit: int = LIMIT) -> dict[str, Any]:
    """The object written in `body`: UTF-8 JSON of at most `limit` bytes, 32 levels and 10,000 values, finite numbers,
    no NUL, no lone surrogates, no key twice in an object, no keys with `@` outside the value of `@context` but those of
    literals (`@value`), no context that gives words of ActivityStreams other meanings.

    Raises Malformed: status 413 where it is too long, else 400.
    """
    if len(body) > limit:
        raise Malformed(f"The document is longer than {limit} bytes.", status=413)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("The document is not valid JSON.") from None
    if not isinstance(document, dict):
        raise Malformed("The document is not a JSON object.")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MOST_VALUES:
        _check_number(document)
    _walk(document, nul=b"\\u0000" in body)
    _KEYS.decode(body.decode())
    return document


def _check_number(document: dict[str, Any]) -> None:
    """Refuse more values than are read; never looks at more than that many."""
    number = 0
    waiting: list[Any] = [document]
    while waiting:
        value = waiting.pop()
        number += len(value)
        if number > MOST_VALUES:
            raise Malformed(f"The document holds more than {MOST_VALUES} values.")
        children = value.values() if type(value) is dict else value
        waiting += [child for child in children if type(child) is dict or type(child) is list]


def _walk(document: dict[str, Any], *, nul: bool) -> None:
    """Check every level. Iterative, because the depth comes from outside; contexts are walked apart from the rest."""
    level: list[Any] = [document]
    contexts: list[Any] = []
    for _ in range(DEPTH):
        below: list[Any] = []
        below_contexts: list[Any] = []
        for value in level:
            if type(value) is dict:
                _check_keys(value, nul=nul)
                for key, child in value.items():
                    if key == "@context":
                        check_context(child)
                        _keep(child, below_contexts, nul=nul)
                    else:
                        _keep(child, below, nul=nul)
            else:
                for child in value:
                    _keep(child, below, nul=nul)
        for value in contexts:
            if type(value) is dict:
                _check_nul(value, nul=nul)
            for child in value.values() if type(value) is dict else value:
                _keep(child, below_contexts, nul=nul)
        if not below and not below_contexts:
            return
        level, contexts = below, below_contexts
    raise Malformed(f"The document is nested deeper than {DEPTH} levels.")


def _keep(child: Any, below: list[Any], *, nul: bool) -> None:
    kind = type(child)
    if kind is dict or kind is list:
        below.append(child)
    elif nul and kind is str and "\0" in child:
        raise Malformed("A text holds the character NUL.")


def _check_keys(obj: dict[str, Any], *, nul: bool) -> None:
    for key in obj:
        if key[:1] == "@" and key != "@context" and not _is_literal(obj):
            raise Malformed("Keys that start with @ are not read outside of @context.")
    _check_nul(obj, nul=nul)


def _is_literal(obj: dict[str, Any]) -> bool:
    """Whether `obj` is a text or number written out at length, as JSON-LD software does where its contexts have no
    shorter form. It has no id and holds nothing else, so no reader can take it for a thing."""
    value = obj.get("@value")
    return (
        isinstance(value, str | int | float)
        and _LITERAL.issuperset(obj)
        and all(isinstance(said, str) for name, said in obj.items() if name != "@value")
    )


def _check_nul(obj: dict[str, Any], *, nul: bool) -> None:
    if nul and any("\0" in key for key in obj):
        raise Malformed("A key holds the character NUL.")
