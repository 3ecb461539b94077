"""A document at `wild.test`, and the failure with which asking for it ends."""

from __future__ import annotations

import pytest

from federation.outbound.client import Budget, Outbound
from federation.outbound.errors import FetchError

URL = "https://wild.test/note"
NOTE = {"id": URL, "type": "Note", "content": "hello"}


async def fails(outbound: Outbound, kind: type[FetchError], url: str = URL, budget: Budget | None = None) -> FetchError:
    """The failure of a fetch, which must be exactly of this kind."""
    with pytest.raises(FetchError) as caught:
        await outbound.get(url, budget=budget)
    assert type(caught.value) is kind, repr(caught.value)
    return caught.value
