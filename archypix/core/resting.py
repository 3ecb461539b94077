"""Accounts that rest because they are being moved: what works through what waits leaves theirs alone."""

from __future__ import annotations


def awake(account: str) -> str:
    """The condition, for a statement, that the account whose id `account` gives does not rest."""
    return f"NOT EXISTS (SELECT FROM resting_accounts resting WHERE resting.account_id = {account})"
