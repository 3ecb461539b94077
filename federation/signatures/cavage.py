"""Signatures of draft-cavage-http-signatures-12, as the fediverse speaks it, in the strict profile."""

from __future__ import annotations

import base64
import binascii
import re

from federation.signatures.components import Message
from federation.signatures.models import Algorithm, BadSignature, Claim, Kind
from federation.signatures.times import Clock, moment, parse_http_date

LONGEST_HEADER = 8192
MOST_COMPONENTS = 32
ALGORITHMS: dict[Algorithm, str] = {"rsa": "rsa-sha256", "ed25519": "hs2019"}

_PARAMETER = re.compile(r'[ \t]*([A-Za-z]{1,32})=(?:"([\x20-\x21\x23-\x5b\x5d-\x7e]*)"|([0-9]{1,20}))[ \t]*(,|$)')
_SECONDS = re.compile(r"[0-9]{1,15}")
_NAME = re.compile(r"\((?:request-target|created|expires)\)|[a-z0-9!#$%&'*+.^_`|~-]{1,64}")


def read(message: Message, clock: Clock, *, has_body: bool) -> Claim:
    """What the signature of `message` claims. Raises BadSignature if it leaves the profile."""
    header = message.fields.single("signature") or ""
    if len(header) > LONGEST_HEADER:
        raise BadSignature("The signature is too long.")
    parameters = _parameters(header)
    key_id = parameters.get("keyId")
    if not key_id or "headers" not in parameters:
        raise BadSignature("The signature does not say what it covers or by which key it was made.")
    names = tuple(parameters["headers"].lower().split(" "))
    _check_covered(names, has_body=has_body)
    created, expires = _times(message, names, parameters, clock)
    path = message.target.path or "/"
    query = message.target.query_suffix
    bare = query and message.method in ("GET", "HEAD")
    return Claim(
        kind=Kind.CAVAGE,
        key_id=key_id,
        label=None,
        created=moment(created),
        expires=None if expires is None else moment(expires),
        stated=parameters.get("algorithm"),
        covered=names,
        base=_base(message, names, parameters, f"{path}{query}"),
        bare_base=_base(message, names, parameters, path) if bare else None,
        signature=_signature(parameters.get("signature", "")),
    )


def base(message: Message, names: tuple[str, ...]) -> bytes:
    """The bytes to sign for the headers `names`."""
    return _base(message, names, {}, f"{message.target.path or '/'}{message.target.query_suffix}")


def signature_header(key_id: str, algorithm: Algorithm, names: tuple[str, ...], signature: bytes) -> str:
    """The value of Signature."""
    return (
        f'keyId="{key_id}",algorithm="{ALGORITHMS[algorithm]}",headers="{" ".join(names)}",'
        f'signature="{base64.b64encode(signature).decode()}"'
    )


def _parameters(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    place = 0
    while True:
        match = _PARAMETER.match(header, place)
        if match is None or match[1] in found:
            raise BadSignature("Signature cannot be read.")
        found[match[1]] = match[3] if match[2] is None else match[2]
        place = match.end()
        if not match[4]:
            return found


def _check_covered(names: tuple[str, ...], *, has_body: bool) -> None:
    if len(names) > MOST_COMPONENTS or len(set(names)) < len(names):
        raise BadSignature("The signature covers too much, or something twice.")
    if not all(_NAME.fullmatch(name) for name in names):
        raise BadSignature("The signature covers something that is not known.")
    if "(request-target)" not in names or "host" not in names:
        raise BadSignature("The signature does not cover (request-target) and host.")
    if "date" not in names and "(created)" not in names:
        raise BadSignature("The signature does not cover date or (created).")
    if has_body and "digest" not in names:
        raise BadSignature("The signature does not cover digest.")


def _times(
    message: Message, names: tuple[str, ...], parameters: dict[str, str], clock: Clock
) -> tuple[int, int | None]:
    """Creation and end, each checked wherever it is said; the draft forbids (created) to the older algorithms."""
    if ("(created)" in names or "(expires)" in names) and not _pseudo_allowed(parameters.get("algorithm")):
        raise BadSignature("The algorithm does not go with (created) or (expires).")
    said = {f"({name})": _seconds(parameters, name) for name in ("created", "expires")}
    if any(name in names and value is None for name, value in said.items()):
        raise BadSignature("The signature covers a time that it does not say.")
    signed_end = said["(expires)"] if "(expires)" in names else None
    made = [said["(created)"] or 0] if "(created)" in names else []
    if "date" in names:
        made.append(parse_http_date(message.fields.single("date") or ""))
    for when in made:
        clock.check(when, signed_end)
    # An end that is not signed is nobody's word: it may only shorten the window, never prolong it.
    if signed_end is None and said["(expires)"] is not None:
        clock.check(min(made), said["(expires)"])
    return min(made), said["(expires)"]


def _pseudo_allowed(algorithm: str | None) -> bool:
    return algorithm is None or not algorithm.lower().startswith(("rsa", "hmac", "ecdsa"))


def _seconds(parameters: dict[str, str], name: str) -> int | None:
    text = parameters.get(name)
    if text is None:
        return None
    if not _SECONDS.fullmatch(text):
        raise BadSignature(f"The parameter {name} is no time.")
    return int(text)


def _base(message: Message, names: tuple[str, ...], parameters: dict[str, str], target: str) -> bytes:
    lines = []
    for name in names:
        match name:
            case "(request-target)":
                value = f"{message.method.lower()} {target}"
            case "(created)" | "(expires)":
                value = parameters[name[1:-1]]
            case _:
                value = message.fields.joined(name)
        lines.append(f"{name}: {value}")
    return "\n".join(lines).encode("ascii")


def _signature(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error:
        raise BadSignature("Signature cannot be read.") from None
    if not raw:
        raise BadSignature("Signature is empty.")
    return raw
