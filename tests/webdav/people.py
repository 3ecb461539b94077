"""People of a server, made over its API: quicker than by its command line, since tests here make many."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import requests

from tests.rig.server import SETUP_LINK, Server, User

PASSWORD = "correct horse battery"


class People:
    """Makes accounts on one server, as its administrator."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._numbers = count(1)
        link = next(found for line in server.log if (found := SETUP_LINK.search(line)))
        made = {"token": link[1].partition("token=")[2], "name": "admin", "password": PASSWORD}
        began = requests.post(f"{server.url}/api/v1/setup", json=made, timeout=60)
        assert began.status_code == 201, began.text
        self._administrator = self._signed_in("admin", began)

    def make(self, **settings: Any) -> User:
        """Somebody new; `settings` are an administrator's, such as `quota`."""
        account = {"name": f"person{next(self._numbers)}", "password": PASSWORD}
        made = self._administrator.post("/admin/accounts", json=account | settings)
        assert made.status_code == 201, made.text
        began = requests.post(f"{self._server.url}/api/v1/session", json=account, timeout=60)
        assert began.status_code == 200, began.text
        return self._signed_in(account["name"], began)

    def _signed_in(self, name: str, began: requests.Response) -> User:
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in began.cookies)
        headers = {"Cookie": cookies, "X-CSRF-Token": began.json()["csrf_token"]}
        tokens = f"{self._server.url}/api/v1/account/tokens"
        token = requests.post(tokens, json={"name": "story"}, headers=headers, timeout=60)
        assert token.status_code == 201, token.text
        return User(self._server, name, token.json()["token"])


def people_of(server: Server) -> People:
    """Those of a server that has just started."""
    deadline = time.monotonic() + 60
    while not any(SETUP_LINK.search(line) for line in server.log):
        assert time.monotonic() < deadline, "no link for the administrator"
        time.sleep(0.05)
    return People(server)
