"""Services for views: the roof puts them into the application, a view asks for one by its class."""

from __future__ import annotations

from typing import TypeVar

from quart import Quart, current_app

KEY = "archypix"
Service = TypeVar("Service")


def provide(app: Quart, *services: object) -> None:
    """Make `services` available to views of `app`, each under its class."""
    shelf = app.extensions.setdefault(KEY, {})
    for service in services:
        shelf[type(service)] = service


def use(kind: type[Service]) -> Service:
    """The service of class `kind` of the application that handles this request."""
    service = current_app.extensions[KEY][kind]
    assert isinstance(service, kind)
    return service
