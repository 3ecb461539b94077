"""Statements put together from parts: their parameters, numbered as they come."""

from __future__ import annotations

from typing import Any


class Parameters:
    """The values of a statement, in the order of their numbers."""

    def __init__(self) -> None:
        self.values: list[Any] = []

    def add(self, value: Any) -> str:
        """The placeholder of one more value."""
        self.values.append(value)
        return f"${len(self.values)}"
