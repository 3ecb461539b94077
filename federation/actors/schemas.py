"""What profiles look like in JSON."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from archypix.core.clock import rfc3339
from federation.actors.document import avatar_url
from federation.actors.models import LocalActor
from federation.addresses import Addresses

Text = Annotated[str, StringConstraints(max_length=10_000)]
Line = Annotated[str, StringConstraints(max_length=1000)]
Home = Annotated[str, StringConstraints(min_length=1, max_length=2048)]


class Body(BaseModel):
    """A body: what is not foreseen is refused."""

    model_config = ConfigDict(extra="forbid")


class PropertyBody(Body):
    name: Line
    value: Line


class ProfileChange(Body):
    summary: Text | None = None
    properties: list[PropertyBody] | None = Field(None, max_length=50)
    discoverable: bool | None = None
    approves_followers: bool | None = None
    shows_network: bool | None = Field(None, description="Whether others may read who follows whom.")
    also_known_as: list[Home] | None = Field(None, max_length=50, description="Handles or ids of accounts elsewhere.")


class SquareIn(Body):
    left: float = Field(ge=0, le=1, description="Where it begins, of the picture's width.")
    top: float = Field(ge=0, le=1, description="Where it begins, of the picture's height.")
    edge: float = Field(ge=0.01, le=1, description="Of the shorter side.")


class AvatarChange(Body):
    picture: Annotated[str, StringConstraints(max_length=100)] = Field(description="Id of a picture of one's own.")
    square: SquareIn | None = Field(None, description="Which part of it; not given: the middle, as large as it can be.")


class Rotation(Body):
    announce: bool = Field(True, description="Whether followers are told at once.")


class PropertyOut(BaseModel):
    name: str
    value: str


class ProfileOut(BaseModel):
    handle: str
    uri: str
    display_name: str
    summary: str
    properties: list[PropertyOut]
    avatar: str | None
    discoverable: bool
    approves_followers: bool
    shows_network: bool
    also_known_as: list[str]
    moved_to: str | None
    updated_at: str


def profile_json(actor: LocalActor, addresses: Addresses) -> dict[str, Any]:
    """`ProfileOut`."""
    return {
        "handle": addresses.handle(actor.name),
        "uri": actor.uri,
        "display_name": actor.display_name,
        "summary": actor.summary,
        "properties": [{"name": item.name, "value": item.value} for item in actor.properties],
        "avatar": avatar_url(actor, addresses),
        "discoverable": actor.discoverable,
        "approves_followers": actor.approves_followers,
        "shows_network": actor.shows_network,
        "also_known_as": list(actor.also_known_as),
        "moved_to": actor.moved_to,
        "updated_at": rfc3339(actor.updated_at),
    }
