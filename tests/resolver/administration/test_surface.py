"""Nothing of a Resolver is reached without anybody having said by whom; which route is whose is in a table."""

from __future__ import annotations

import pytest

from archypix.core.errors import StartupError
from archypix.gate.policy import refuse_undeclared
from tests.resolver.registration.house import House


async def test_a_route_without_a_policy_keeps_a_resolver_from_starting(house: House) -> None:
    async def undeclared() -> str:
        return ""

    rule = house.app.url_rule_class("/undeclared", methods={"GET"}, endpoint="undeclared")
    house.app.url_map.add(rule)
    house.app.view_functions["undeclared"] = undeclared
    with pytest.raises(StartupError, match="GET /undeclared"):
        refuse_undeclared(house.app)
