"""What a server says of itself, in JSON."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from archypix import __version__
from archypix.instance.models import LONGEST_DESCRIPTION, LONGEST_NAME, Instance, Tiles

Mode = Literal["open", "invite", "closed"]
ServerName = Annotated[str, StringConstraints(max_length=LONGEST_NAME)]
Description = Annotated[str, StringConstraints(max_length=LONGEST_DESCRIPTION)]


class InstanceChanges(BaseModel):
    """What is not given stays."""

    model_config = ConfigDict(extra="forbid")

    name: ServerName | None = None
    description: Description | None = None
    registration: Mode | None = None


class MapTiles(BaseModel):
    """An address with `{z}`, `{x}` and `{y}` in it, perhaps `{r}`, and the line that says whose tiles they are."""

    template: str
    credit: str


class InstanceOut(BaseModel):
    """`name` is empty while nobody has chosen one; `is_set_up`: whether there is an administrator. `map_tiles` is null
    where maps have outlines alone."""

    name: str
    description: str
    registration: Mode
    domain: str
    version: str
    is_set_up: bool
    map_tiles: MapTiles | None


def instance_json(instance: Instance, *, domain: str, is_set_up: bool, tiles: Tiles | None) -> dict[str, Any]:
    """`InstanceOut`."""
    return {
        "name": instance.name,
        "description": instance.description,
        "registration": instance.registration,
        "domain": domain,
        "version": __version__,
        "is_set_up": is_set_up,
        "map_tiles": {"template": tiles.template, "credit": tiles.credit} if tiles else None,
    }
