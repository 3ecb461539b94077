"""A whole application with accounts and nothing else, and the browsers, programs and attackers that visit it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Literal
from uuid import uuid4

from quart import Quart, Response

from archypix.accounts import admin_api, api
from archypix.accounts.administration import AdministrationService
from archypix.accounts.limiter import Limiter
from archypix.accounts.models import COMMAND_LINE
from archypix.accounts.passwords import Passwords
from archypix.accounts.service import AccountService
from archypix.accounts.sessions import SessionService
from archypix.accounts.tokens import TokenService
from archypix.core.database import Database
from archypix.gate.application import make_application
from archypix.gate.context import provide
from archypix.gate.policy import refuse_undeclared
from archypix.gate.requests import Doorkeeper
from archypix.instance import api as instance_api
from archypix.instance.service import InstanceService

PASSWORD = "correct horse battery"


@dataclass
class Visitor:
    """Somebody at one address: a browser that keeps cookies and its CSRF token, or a program with a token."""

    app: Quart
    address: str = "198.51.100.7"
    token: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str | None = None

    async def call(
        self,
        method: str,
        path: str,
        json: Any = None,
        *,
        form: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        sent = dict(headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.csrf is not None:
            sent.setdefault("X-CSRF-Token", self.csrf)
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        body: dict[str, Any] = {} if json is None else {"json": json}
        if form is not None:
            body["form"] = form
        response = await self.app.test_client(use_cookies=False).open(
            path, method=method, headers=sent, scope_base={"client": (self.address, 40000)}, **body
        )
        assert isinstance(response, Response)
        self._keep_cookies(response)
        return response

    def _keep_cookies(self, response: Response) -> None:
        for text in response.headers.getlist("Set-Cookie"):
            for name, morsel in SimpleCookie(text).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    async def get(self, path: str) -> Any:
        """The JSON of a GET that succeeds."""
        response = await self.call("GET", f"/api/v1{path}")
        assert response.status_code == 200, (response.status_code, await response.get_data(as_text=True))
        return await response.get_json()

    async def send(self, method: str, path: str, json: Any = None, *, status: int = 200) -> Any:
        """The JSON of a call of the API that answers with `status`."""
        response = await self.call(method, f"/api/v1{path}", json)
        text = await response.get_data(as_text=True)
        assert response.status_code == status, (response.status_code, text)
        return await response.get_json(force=True) if text else None

    async def sign_in(self, name: str, password: str = PASSWORD, *, status: int = 200) -> Any:
        answer = await self.send("POST", "/session", {"name": name, "password": password}, status=status)
        if status == 200:
            self.csrf = answer["csrf_token"]
        return answer


@dataclass
class House:
    """The application, and its services for what tests arrange behind its back."""

    app: Quart
    database: Database
    limiter: Limiter
    passwords: Passwords
    accounts: AccountService
    sessions: SessionService
    tokens: TokenService
    administration: AdministrationService
    instance: InstanceService

    def visitor(self, address: str = "198.51.100.7", token: str | None = None) -> Visitor:
        return Visitor(self.app, address, token)

    async def person(self, name: str, *, is_admin: bool = False, password: str | None = PASSWORD) -> None:
        """An account, made as by the command line."""
        await self.administration.create(COMMAND_LINE, name, password=password, is_admin=is_admin)

    async def signed_in(self, name: str, *, is_admin: bool = False, address: str = "198.51.100.7") -> Visitor:
        """A new account's browser."""
        await self.person(name, is_admin=is_admin)
        visitor = self.visitor(address)
        await visitor.sign_in(name)
        return visitor

    async def program(self, name: str, *scopes: str) -> Visitor:
        """A program with a token of this account; without scopes one that may do everything."""
        _, secret = await self.tokens.create_for(COMMAND_LINE, name, name="test", scopes=scopes or None, days=None)
        return self.visitor(token=secret)

    async def sql(self, statement: str, *values: Any) -> Any:
        """Do something to the database that the API cannot, such as letting time pass; the first value it returns."""
        async with self.database.connection() as connection:
            return await connection.fetchval(statement, *values)


@asynccontextmanager
async def open_house(
    database_url: str,
    redis_url: str,
    *,
    registration: Literal["open", "invite", "closed"] = "closed",
    origin: str = "http://localhost",
    passwords: Passwords | None = None,
    default_quota: int = 0,
) -> AsyncIterator[House]:
    """A house on a fresh database; its limits are its own, though the cache is shared. Hashes are cheap by default."""
    database = await Database.open(database_url, size=8)
    limiter = Limiter.open(redis_url, prefix=f"test:{uuid4().hex}:")
    passwords = passwords or Passwords(memory_kib=8, passes=1)
    accounts = AccountService(database, passwords, limiter, registration=registration, default_quota=default_quota)
    sessions = SessionService(database, passwords, limiter)
    tokens = TokenService(database)
    administration = AdministrationService(database, passwords, default_quota=default_quota)
    doorkeeper = Doorkeeper(accounts, origin=origin, trusted_proxies=())
    app = make_application(doorkeeper)
    instance = InstanceService(database, domain="a.test", registration=registration)
    provide(app, accounts, sessions, tokens, administration, instance, doorkeeper)
    for blueprint in (api.blueprint, admin_api.blueprint, instance_api.blueprint):
        app.register_blueprint(blueprint, url_prefix="/api/v1")
    refuse_undeclared(app)
    try:
        yield House(app, database, limiter, passwords, accounts, sessions, tokens, administration, instance)
    finally:
        await accounts.close()
        await limiter.close()
        passwords.close()
        await database.close()
