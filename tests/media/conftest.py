"""The made samples, once a session, and a short way to examine them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from archypix.media.examine import examine
from archypix.media.limits import Limits
from archypix.media.models import Examination
from fixtures.make import make

Look = Callable[..., Examination]


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    make(folder)
    return folder


@pytest.fixture
def look(samples: Path, tmp_path: Path) -> Look:
    """Examine a sample by its name, or a file by its path."""

    def at(file: str | Path, filename: str | None = None, limits: Limits | None = None) -> Examination:
        path = samples / file if isinstance(file, str) else file
        folder = tmp_path / "thumbnails"
        folder.mkdir(exist_ok=True)
        return examine(path, filename=filename or path.name, thumbnails_into=folder, limits=limits)

    return at


def shown(examination: Examination, size: str = "large") -> Image.Image:
    """A thumbnail, decoded by another library than the one that wrote it."""
    with Image.open(examination.thumbnails[size]) as image:
        assert image.format == "WEBP"
        image.load()
        return image


CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the corners: upper left, upper right, lower left, lower right."""
    rgb = image.convert("RGB")
    right, low = rgb.width - 10, rgb.height - 10
    found = [rgb.getpixel(place) for place in ((10, 10), (right, 10), (10, low), (right, low))]
    return [colour for colour in found if isinstance(colour, tuple)]


def alike(found: list[tuple[int, ...]], wanted: tuple[tuple[int, ...], ...], tolerance: int = 24) -> bool:
    """Whether colours are the same but for what a lossy encoder does to them."""
    return all(
        abs(one - other) <= tolerance
        for colour, expected in zip(found, wanted, strict=True)
        for one, other in zip(colour, expected, strict=True)
    )
