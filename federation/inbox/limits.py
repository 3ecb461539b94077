"""How much each server, each actor and each address may send: counted in this process, so that nothing is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass

from archypix.accounts.limiter import Budget, LocalBudgets
from federation.inbox_contract import Denied

MINUTE = 60.0


class TooMany(Denied):
    """Too many messages; `retry_after` in seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(429, "Too many messages: send more slowly.")
        self.retry_after = max(1, math.ceil(retry_after))


@dataclass(frozen=True, slots=True)
class Rates:
    """Messages a minute: of a host, of an actor, and of a network address those that prove nothing: that cannot be
    read, or whose signature does not hold.

    The last is apart: what is not proved must not use up the budget of those in whose name it claims to come.
    """

    host: int = 12_000
    actor: int = 1_200
    unproved: int = 3_000


class InboxLimits:
    """Budgets in memory, at most 20,000 of them."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._budgets = LocalBudgets()
        self._unproved = LocalBudgets()

    def come(self, address: str) -> None:
        """Count one message that nobody has read yet, for reading costs time too; `TooMany`."""
        if wait := self._unproved.take([self._of_address(address)]):
            raise TooMany(wait / 1e6)

    def take(self, host: str, actor: str, address: str) -> list[Budget]:
        """Count one message; `TooMany` where a budget is used up. The result is for `give_back`."""
        budgets = [Budget(f"h:{host}", self._rates.host, MINUTE), Budget(f"a:{actor}", self._rates.actor, MINUTE)]
        if wait := self._budgets.take(budgets):
            self.proved(address)
            raise TooMany(wait / 1e6)
        return budgets

    def unproved(self, budgets: list[Budget]) -> None:
        """The message was not from whom it said: it does not count against them, only against where it came from."""
        self._budgets.give_back(budgets)

    def proved(self, address: str) -> None:
        """The message was what it said: it does not count against the address."""
        self._unproved.give_back([self._of_address(address)])

    def _of_address(self, address: str) -> Budget:
        return Budget(address, self._rates.unproved, MINUTE)
