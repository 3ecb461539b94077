"""The town of the inbox's tests."""

from __future__ import annotations

from tests.federation.inbox.conftest import calm_town, town

__all__ = ["calm_town", "town"]
