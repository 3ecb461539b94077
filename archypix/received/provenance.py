"""By whom received pictures came, and what may be done with them; lists of pictures know it too."""

from __future__ import annotations

from archypix.pictures.provenance import Provenance, of_pictures

__all__ = ["Provenance", "of_pictures"]
