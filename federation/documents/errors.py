"""What is wrong with a document that came from elsewhere."""

from __future__ import annotations


class Malformed(ValueError):
    """Bytes that are no document we read: `status` is the answer they deserve (400 or 413), `detail` may be shown."""

    def __init__(self, detail: str, status: int = 400) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
