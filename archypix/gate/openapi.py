"""The OpenAPI document: what quart-schema finds, the routes of raw ASGI, and who may call each operation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from quart import Quart
from quart_schema import Info, QuartSchema
from quart_schema.extension import SecuritySchemeInput
from quart_schema.openapi import APIKeySecurityScheme, HttpSecurityScheme, OpenAPIProvider
from werkzeug.routing import Rule

from archypix import __version__
from archypix.gate.policy import Policy, RawRoute, policy_of

SECURITY: dict[str, SecuritySchemeInput] = {
    "bearer": HttpSecurityScheme(scheme="bearer"),
    "session": APIKeySecurityScheme(in_="cookie", name="__Host-archypix"),
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "detail": {"type": "string", "description": "One sentence, for people."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "detail"],
                "properties": {"path": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
REFUSED = {
    "description": "Refused; the problem document says why.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class Nothing(BaseModel):
    """What `document_response` is given for an answer without a body."""


def describe(app: Quart, raw_routes: Iterable[RawRoute]) -> None:
    """Install quart-schema on `app`, with a provider that knows policies and raw routes."""
    routes = tuple(raw_routes)

    class Provider(_Provider):
        raw_routes = routes

    QuartSchema(
        app,
        openapi_path=None,
        swagger_ui_path=None,
        redoc_ui_path=None,
        scalar_ui_path=None,
        info=Info(title="Archypix", version=__version__),
        openapi_provider_class=Provider,
        security_schemes=SECURITY,
        convert_casing=False,
        conversion_preference="pydantic",
    )


def document(app: Quart) -> dict[str, Any]:
    """The document, as JSON can hold it."""
    found: dict[str, Any] = app.extensions["QUART_SCHEMA"].openapi_provider.schema()
    return found


class _Provider(OpenAPIProvider):
    """Adds to each operation who may call it and how it refuses."""

    raw_routes: tuple[RawRoute, ...] = ()

    def schema(self) -> dict[str, Any]:
        found = super().schema()
        found.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
        for route in self.raw_routes:
            if not route.openapi:
                continue
            name = re.sub(r"\W+", "_", route.path).strip("_")
            operation = {"operationId": f"{route.method.lower()}_{name}", **route.openapi}
            _complete(operation, route.policy)
            found["paths"].setdefault(route.path, {})[route.method.lower()] = operation
        return found

    def build_paths(self, rule: Rule) -> tuple[dict[str, Any], dict[str, Any]]:
        paths, components = super().build_paths(rule)
        policy = policy_of(self._app.view_functions[rule.endpoint])
        for path in paths.values():
            for method, operation in path.items():
                # Functions of different blueprints may have one name.
                operation["operationId"] = f"{method}_{rule.endpoint.replace('.', '_')}"
                _complete(operation, policy)
        return paths, components


def _complete(operation: dict[str, Any], policy: Policy | None) -> None:
    operation.setdefault("responses", {})["4XX"] = REFUSED
    if policy is not None and not policy.anonymous:
        operation["security"] = [{"bearer": [policy.scope] if policy.scope else []}, {"session": []}]
