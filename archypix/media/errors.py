"""Why a file could not be turned into a picture, in sentences that its owner may read."""

from __future__ import annotations

from archypix.core.errors import ArchypixError


class Undecodable(ArchypixError):
    """No engine here can show the file; `detail` says why in one safe sentence."""

    code = "undecodable"


class TooManyPixels(Undecodable):
    """The picture, `width` × `height` as stored, has more pixels than the server decodes."""

    code = "too_many_pixels"

    def __init__(self, width: int, height: int, most: int) -> None:
        self.width = width
        self.height = height
        super().__init__(
            f"The picture has {width} × {height} pixels, more than the {most / 1e6:g} megapixels this server decodes."
        )
