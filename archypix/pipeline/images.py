"""What a service was at one time, as JSON: of which tags it spoke, or all of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from archypix.pipeline.models import Service

Image: TypeAlias = dict[str, Any]

NAMES = ("requires", "excludes", "names")


def naming(service: Service) -> Image:
    """The tags that a service names, and those that it has for lost."""
    return {
        "requires": list(service.requires),
        "excludes": list(service.excludes),
        "names": dict(service.names),
        "lost": dict(service.lost),
    }


def whole(service: Service) -> Image:
    """Everything that people decide about a service."""
    return naming(service) | {
        "kind": service.kind,
        "name": service.name,
        "position": service.position,
        "enabled": service.enabled,
        "config": service.config,
        "sees_tags": service.sees_tags,
        "sees_metadata": service.sees_metadata,
    }


def renumbered(image: Image, mapping: Mapping[int, int]) -> Image:
    """The image with other tags in place of those of `mapping`, each once."""
    return image | {
        "requires": list(dict.fromkeys(mapping.get(tag, tag) for tag in image["requires"])),
        "excludes": list(dict.fromkeys(mapping.get(tag, tag) for tag in image["excludes"])),
        "names": {path: mapping.get(tag, tag) for path, tag in image["names"].items()},
    }


def columns(image: Image) -> dict[str, Any]:
    """The columns of a service that say what its image says."""
    return {**image, "tags": sorted({*image["requires"], *image["excludes"], *image["names"].values()})}


def same_names(image: Image, other: Image) -> bool:
    """Whether both name the same tags, whatever they have for lost."""
    return all(image[name] == other[name] for name in NAMES)


def same(image: Image, other: Image) -> bool:
    """Whether both are of the same service as people decided it, wherever it stands among others."""
    apart = {"position": 0, "lost": {}}
    return image | apart == other | apart
