"""Servers and people that are not heard."""

from __future__ import annotations

from federation.signatures.models import Kind
from tests.federation.inbox.cases.making import case, of_bob
from tests.federation.inbox.letters import Letter, Persona
from tests.federation.inbox.town import Town


@case(403)
def from_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://blocked.test/users/mallory", 1), kind)


@case(403)
def from_below_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://deep.down.blocked.test/users/mallory", 1), kind)


@case(403)
def from_a_blocked_server_in_capitals(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://BLOCKED.test/users/mallory", 1), kind)


@case(403)
def from_a_blocked_server_written_otherwise(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://böse.test/users/mallory", 1), kind, signed=False)


@case(403)
def from_a_blocked_server_at_another_port(town: Town, kind: Kind) -> Letter:
    return town.letter(Persona.make("https://blocked.test:8443/users/mallory", 1), kind)


@case(403)
def with_a_key_of_a_blocked_server(town: Town, kind: Kind) -> Letter:
    return of_bob(town, kind, key=Persona.make("https://blocked.test/users/mallory", 1).key(kind))


@case(403)
def from_a_limited_server_where_nobody_is_followed(town: Town, kind: Kind) -> Letter:
    return town.letter(town.people["https://c.test/users/dora"], kind)


@case(403)
def from_somebody_whom_alice_has_blocked(town: Town, kind: Kind) -> Letter:
    return town.letter(town.people["https://b.test/users/pest"], kind)
