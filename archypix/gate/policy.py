"""Policies: every route says who may call it, and an application with a route that does not say cannot start.

`public` is anyone, `user` anybody signed in (by session or by token), `scope` a session or a token that has the scope,
`admin` an administrator (with a token: one that has the scope `admin`), `worker` a media worker, `signed` a request
whose right is in its signature, checked by the view itself, `drive` a WebDAV client with an app token, checked by the
drives themselves.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from quart import Quart

from archypix.accounts.models import SCOPES, Caller
from archypix.core.errors import Forbidden, StartupError, Unauthenticated

View = TypeVar("View", bound=Callable[..., Awaitable[Any]])
ATTRIBUTE = "__archypix_policy__"


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may call a route: `kind` as in the module's docstring, `scope` where the kind is `scope`."""

    kind: str
    scope: str | None = None

    def __call__(self, view: View) -> View:
        setattr(view, ATTRIBUTE, self)
        return view

    @property
    def anonymous(self) -> bool:
        """Whether the route is called without a caller of ours: no account is looked up."""
        return self.kind in ("public", "signed", "worker", "drive")

    def admit(self, caller: Caller | None) -> None:
        """Return when `caller` may; otherwise raise `Unauthenticated` or `Forbidden` with the reason."""
        if self.anonymous:
            return
        if caller is None:
            raise Unauthenticated("Sign in, or send a token: `Authorization: Bearer …`.")
        if self.kind == "admin" and not caller.is_admin:
            raise Forbidden("Only administrators may do this.")
        wanted = "admin" if self.kind == "admin" else self.scope
        if wanted is not None and caller.scopes is not None and wanted not in caller.scopes:
            raise Forbidden(f"This token lacks the scope `{wanted}`.", code="missing_scope")


public = Policy("public")
user = Policy("user")
admin = Policy("admin")
worker = Policy("worker")
signed = Policy("signed")
drive = Policy("drive")


def scope(name: str) -> Policy:
    """The policy that asks for the scope `name`, one of `SCOPES`."""
    if name not in SCOPES:
        raise ValueError(f"unknown scope {name}")
    return Policy("scope", name)


@dataclass(frozen=True, slots=True)
class RawRoute:
    """A route served by raw ASGI beside Quart, for the list of policies and the OpenAPI document.

    With nothing in `openapi` it is not in the document, which knows no methods but those of HTTP itself.
    """

    method: str
    path: str
    policy: Policy
    openapi: dict[str, Any]


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The policy that a view declares, through any decorators around it."""
    while view is not None:
        policy = getattr(view, ATTRIBUTE, None)
        if isinstance(policy, Policy):
            return policy
        view = getattr(view, "__wrapped__", None)  # type: ignore[assignment]
    return None


def policies(app: Quart, raw: Iterable[RawRoute] = ()) -> list[tuple[str, str, Policy | None]]:
    """Every route as (method, path, policy), sorted; HEAD and OPTIONS follow their GET."""
    rows = [
        (method, str(rule.rule), policy_of(app.view_functions[rule.endpoint]))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    rows += [(route.method, route.path, route.policy) for route in raw]
    return sorted(rows, key=lambda row: (row[1], row[0]))


def refuse_undeclared(app: Quart) -> None:
    """Raise `StartupError` that names every route without a policy."""
    if missing := [f"{method} {path}" for method, path, policy in policies(app) if policy is None]:
        raise StartupError(f"Routes without a policy: {', '.join(missing)}.")
