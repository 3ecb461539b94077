"""The Quart application behind the gate: policies enforced, errors answered, JSON by orjson, OpenAPI described."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import orjson
from quart import Quart, Request, Response, g, request
from quart.json.provider import JSONProvider
from quart.routing import QuartRule
from werkzeug.exceptions import BadRequest

from archypix.accounts.models import Caller
from archypix.gate.middleware import ROUTE
from archypix.gate.openapi import describe, document
from archypix.gate.policy import RawRoute, policy_of, public
from archypix.gate.problems import answer_for
from archypix.gate.requests import Doorkeeper

MAX_JSON_BODY = 1 << 20
logger = logging.getLogger(__name__)


class OrjsonProvider(JSONProvider):
    """Quart's JSON through orjson."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=kwargs.get("default")).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ARG002
        return orjson.loads(s)


class TextRequest(Request):
    """A request whose JSON must be text: bytes that are none are the client's mistake."""

    async def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        try:
            return await super().get_json(force, silent, cache)
        except UnicodeDecodeError:
            raise BadRequest("The body is not UTF-8.") from None


class _Rule(QuartRule):
    """A route whose builders of addresses are made when somebody asks: nobody does, and they take most of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        make = super()._compile_builder

        def build(_: _Rule, /, **values: Any) -> tuple[str, str]:
            made: tuple[str, str] = make(append_unknown).__get__(self, None)(**values)
            return made

        return build


class _Application(Quart):
    """Quart, but for its log of what no handler answers: the path of a request may be a right in itself."""

    url_rule_class = _Rule

    def log_exception(self, exception_info: Any) -> None:
        logger.error("an answer could not be given", exc_info=exception_info)


def json_response(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`value` as a JSON answer, encoded once."""
    response = Response(orjson.dumps(value, default=_encode), status=status, content_type="application/json")
    if headers:
        response.headers.update(headers)
    return response


def _encode(value: Any) -> str:
    # Ids from the database are a subclass of UUID, which orjson does not take for one.
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def caller() -> Caller:
    """Who makes this request; only for views whose policy asks for somebody."""
    assert isinstance(g.caller, Caller)
    return g.caller


def make_application(doorkeeper: Doorkeeper, raw_routes: Iterable[RawRoute] = ()) -> Quart:
    """An application without views, whose gate stands: blueprints are added by the roof."""
    app = _Application("archypix", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_JSON_BODY
    app.url_map.strict_slashes = True
    describe(app, raw_routes)
    app.json = OrjsonProvider(app)
    app.request_class = TextRequest

    @app.get("/openapi.json")
    @public
    async def openapi() -> Response:
        # Statuses are numbers in it, and keys.
        return Response(orjson.dumps(document(app), option=orjson.OPT_NON_STR_KEYS), content_type="application/json")

    @app.before_request
    async def admit() -> None:
        if request.url_rule is not None:
            request.scope[ROUTE] = request.url_rule.rule  # type: ignore[literal-required]
        view = app.view_functions.get(request.endpoint or "")
        policy = policy_of(view) if view is not None else None
        g.address = doorkeeper.address(request.scope)
        g.caller = await doorkeeper.admit(request.scope, policy) if policy is not None else None

    @app.errorhandler(Exception)
    async def answer(error: Exception) -> Response:
        status, headers, body = answer_for(error)
        return Response(body, status=status, headers=dict(headers))

    return app
