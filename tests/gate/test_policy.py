"""Policies: who passes, who does not, and that nothing starts without one."""

from __future__ import annotations

from functools import wraps

import pytest
from quart import Quart

from archypix.accounts.models import SCOPES, Caller
from archypix.core.errors import Forbidden, StartupError, Unauthenticated
from archypix.gate import policy

SESSION = Caller(1, "alice", is_admin=False, scopes=None)
ADMIN_SESSION = Caller(2, "root", is_admin=True, scopes=None)
READ_TOKEN = Caller(1, "alice", is_admin=False, scopes=frozenset({"tags:read"}))
ADMIN_READ_TOKEN = Caller(2, "root", is_admin=True, scopes=frozenset({"tags:read"}))
ADMIN_TOKEN = Caller(2, "root", is_admin=True, scopes=frozenset({"admin"}))
USER_WITH_ADMIN_SCOPE = Caller(1, "alice", is_admin=False, scopes=frozenset({"admin"}))


@pytest.mark.parametrize(
    ("rule", "caller", "refusal"),
    [
        (policy.public, None, None),
        (policy.signed, None, None),
        (policy.user, None, Unauthenticated),
        (policy.user, SESSION, None),
        (policy.user, READ_TOKEN, None),
        (policy.scope("tags:read"), None, Unauthenticated),
        (policy.scope("tags:read"), SESSION, None),
        (policy.scope("tags:read"), READ_TOKEN, None),
        (policy.scope("tags:write"), READ_TOKEN, Forbidden),
        (policy.admin, SESSION, Forbidden),
        (policy.admin, ADMIN_SESSION, None),
        (policy.admin, ADMIN_READ_TOKEN, Forbidden),
        (policy.admin, ADMIN_TOKEN, None),
        (policy.admin, USER_WITH_ADMIN_SCOPE, Forbidden),
    ],
)
def test_who_passes(rule: policy.Policy, caller: Caller | None, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rule.admit(caller)
    else:
        with pytest.raises(refusal):
            rule.admit(caller)


def test_a_scope_that_does_not_exist_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="pictures:admire"):
        policy.scope("pictures:admire")
    assert "pictures:admire" not in SCOPES


def test_an_application_with_an_undeclared_route_does_not_start() -> None:
    app = Quart("test", static_folder=None)

    @app.get("/declared")
    @policy.user
    async def declared() -> str:
        return ""

    policy.refuse_undeclared(app)

    @app.post("/forgotten")
    async def forgotten() -> str:
        return ""

    with pytest.raises(StartupError, match="POST /forgotten") as refusal:
        policy.refuse_undeclared(app)
    assert "/declared" not in refusal.value.detail


def test_a_policy_is_found_below_other_decorators() -> None:
    @policy.admin
    async def view() -> str:
        return ""

    @wraps(view)
    async def outer() -> str:
        return await view()

    assert policy.policy_of(outer) is policy.admin
