"""What nobody honest says about shares: each with the answer that it deserves. None of it may change anything."""

from __future__ import annotations

from tests.federation.sharing.cases import passing as passing
from tests.federation.sharing.cases import proposals as proposals
from tests.federation.sharing.cases.contents import delete, remove, update
from tests.federation.sharing.cases.ending import revoke
from tests.federation.sharing.cases.making import CASES, Case, Said
from tests.federation.sharing.cases.offers import OFFERS

__all__ = ["CASES", "OFFERS", "Case", "Said", "delete", "remove", "revoke", "update"]
