"""`/session`, `/account`, `/registration` and `/setup`: signing in, and what people see and change of their account."""

from __future__ import annotations

from typing import Any

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts import browser, schemas
from archypix.accounts.models import Account, Actor, SignedIn
from archypix.accounts.service import AccountService
from archypix.accounts.sessions import SessionService
from archypix.accounts.tokens import TokenService
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from archypix.gate.requests import csrf_token
from archypix.instance.models import Changes
from archypix.instance.service import InstanceService, checked

blueprint = Blueprint("accounts", __name__)
PRIVATE = {"Cache-Control": "no-store"}


@blueprint.post("/session")
@policy.public
@validate_request(schemas.SignIn)
@document_response(schemas.SessionState, 200)
async def sign_in(data: schemas.SignIn) -> Response:
    """Sign in by name and password; the session comes as a cookie."""
    browser.refuse_cross_site()
    signed_in = await use(SessionService).sign_in(
        data.name,
        data.password,
        address=browser.address(),
        user_agent=browser.user_agent(),
        device=browser.device_secret(),
        replaces=browser.session_secret(),
    )
    return _signed_in(signed_in, 200)


@blueprint.get("/session")
@policy.user
@document_response(schemas.SessionState, 200)
async def whoami() -> Response:
    """Whose session or token this is."""
    me = caller()
    account = await use(AccountService).account(me)
    secret = browser.session_secret() if me.session_id is not None else None
    scopes = None if me.scopes is None else sorted(me.scopes)
    return json_response(_state(account, secret, scopes), headers=PRIVATE)


@blueprint.delete("/session")
@policy.user
@document_response(schemas.Empty, 204)
async def sign_out() -> Response:
    """End this session."""
    await use(SessionService).sign_out(caller(), browser.address())
    response = browser.no_content()
    browser.clear_session_cookie(response)
    return response


@blueprint.get("/account")
@policy.scope("account:read")
@document_response(schemas.AccountOut, 200)
async def account() -> Response:
    """The caller's account."""
    return json_response(schemas.account_json(await use(AccountService).account(caller())))


@blueprint.patch("/account")
@policy.scope("account:write")
@validate_request(schemas.Profile)
@document_response(schemas.AccountOut, 200)
async def change_profile(data: schemas.Profile) -> Response:
    """Change the name that others see."""
    changed = await use(AccountService).change_profile(caller(), display_name=data.display_name)
    return json_response(schemas.account_json(changed))


@blueprint.post("/account/password")
@policy.scope("account:write")
@validate_request(schemas.PasswordChange)
@document_response(schemas.Ended, 200)
async def change_password(data: schemas.PasswordChange) -> Response:
    """Set a new password; all other sessions end."""
    ended = await use(SessionService).change_password(caller(), data.old_password, data.new_password, browser.address())
    return json_response({"sessions_ended": ended})


@blueprint.get("/account/usage")
@policy.scope("account:read")
@document_response(schemas.UsageOut, 200)
async def usage() -> Response:
    """What the caller stores, in bytes and numbers of pictures."""
    return json_response(schemas.usage_json(await use(AccountService).usage(caller())))


@blueprint.get("/account/sessions")
@policy.scope("account:read")
@document_response(schemas.SessionsOut, 200)
async def sessions() -> Response:
    """Where the caller is signed in."""
    me = caller()
    found = await use(SessionService).sessions(me)
    items = [schemas.session_json(session, current=session.id == me.session_id) for session in found]
    return json_response({"items": items})


@blueprint.delete("/account/sessions")
@policy.scope("account:write")
@document_response(schemas.Ended, 200)
async def end_other_sessions() -> Response:
    """End all sessions but this one."""
    return json_response({"sessions_ended": await use(SessionService).end_others(caller(), browser.address())})


@blueprint.delete("/account/sessions/<session_id>")
@policy.scope("account:write")
@document_response(schemas.Empty, 204)
async def end_session(session_id: str) -> Response:
    """End one session."""
    await use(SessionService).end(caller(), parse_id(session_id, "session"), browser.address())
    return browser.no_content()


@blueprint.get("/account/tokens")
@policy.scope("account:read")
@document_response(schemas.TokensOut, 200)
async def tokens() -> Response:
    """The caller's API tokens, without their secrets."""
    return json_response({"items": [schemas.token_json(token) for token in await use(TokenService).tokens(caller())]})


@blueprint.post("/account/tokens")
@policy.scope("account:write")
@validate_request(schemas.NewToken)
@document_response(schemas.NewTokenOut, 201)
async def create_token(data: schemas.NewToken) -> Response:
    """Make an API token; its secret is in this answer and never shown again."""
    token, secret = await use(TokenService).create(
        caller(), name=data.name, scopes=data.scopes, days=data.expires_in_days, address=browser.address()
    )
    return json_response(schemas.token_json(token) | {"token": secret}, 201, PRIVATE)


@blueprint.delete("/account/tokens/<token_id>")
@policy.scope("account:write")
@document_response(schemas.Empty, 204)
async def revoke_token(token_id: str) -> Response:
    """Revoke one API token."""
    await use(TokenService).revoke(caller(), parse_id(token_id, "token"), browser.address())
    return browser.no_content()


@blueprint.get("/registration")
@policy.public
@document_response(schemas.RegistrationOut, 200)
async def registration() -> Response:
    """Who may make an account here."""
    return json_response({"mode": await use(AccountService).registration()})


@blueprint.post("/registration")
@policy.public
@validate_request(schemas.Registration)
@document_response(schemas.SessionState, 201)
async def register(data: schemas.Registration) -> Response:
    """Make an account for oneself and sign in."""
    browser.refuse_cross_site()
    made = await use(AccountService).register(
        data.name, data.password, data.display_name, data.invite, browser.address()
    )
    return await _begin(made)


@blueprint.get("/setup")
@policy.public
@validate_querystring(schemas.SetupLink)
@document_response(schemas.SetupLinkOut, 200)
async def setup_link(query_args: schemas.SetupLink) -> Response:
    """Whether the link that the server printed still makes the first administrator."""
    return json_response({"holds": await use(AccountService).setup_link_holds(query_args.token)}, headers=PRIVATE)


@blueprint.post("/setup")
@policy.public
@validate_request(schemas.Setup)
@document_response(schemas.SessionState, 201)
async def set_up(data: schemas.Setup) -> Response:
    """Make the first administrator, by the secret that the server printed, name the server, and sign in."""
    browser.refuse_cross_site()
    changes = checked(Changes(data.server_name, data.server_description, data.registration), "server_")
    made = await use(AccountService).set_up(data.token, data.name, data.password, data.display_name, browser.address())
    await use(InstanceService).change(Actor(made.id, browser.address()), changes)
    return await _begin(made)


async def _begin(account: Account) -> Response:
    signed_in = await use(SessionService).begin(
        account, address=browser.address(), user_agent=browser.user_agent(), replaces=browser.session_secret()
    )
    return _signed_in(signed_in, 201)


def _signed_in(signed_in: SignedIn, status: int) -> Response:
    response = json_response(_state(signed_in.account, signed_in.session_secret, None), status, PRIVATE)
    browser.set_cookies(response, signed_in)
    return response


def _state(account: Account, secret: str | None, scopes: list[str] | None) -> dict[str, Any]:
    return {
        "account": schemas.account_json(account),
        "csrf_token": csrf_token(secret) if secret is not None else None,
        "scopes": scopes,
    }
