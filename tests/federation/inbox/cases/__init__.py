"""Hostile messages: each case makes one, and says which 4xx it deserves."""

from tests.federation.inbox.cases import altered, fetched, inboxes, origins, signed, silenced
from tests.federation.inbox.cases.making import ALICE, BOB, CASES, Case

__all__ = ["ALICE", "BOB", "CASES", "Case", "altered", "fetched", "inboxes", "origins", "signed", "silenced"]
