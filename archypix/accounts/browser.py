"""What the API and the pages share about browsers: cookies, where a request comes from, and whose page sent it."""

from __future__ import annotations

from urllib.parse import urlsplit

from quart import Response, g, request

from archypix.accounts import rules
from archypix.accounts.models import SignedIn
from archypix.core.errors import Forbidden
from archypix.gate.context import use
from archypix.gate.requests import Doorkeeper, session_cookie_name

DEVICE_LIFETIME = 180 * 86400


def address() -> str:
    """The client's address, as the gate found it."""
    return str(g.address)


def user_agent() -> str:
    """What the client calls itself."""
    return request.headers.get("User-Agent", "")


def session_secret() -> str | None:
    """The secret in the session cookie, whether or not it still holds."""
    return use(Doorkeeper).session_secret(request.scope)


def device_secret() -> str | None:
    """The secret in the cookie by which a browser is known that has signed in before."""
    return request.cookies.get(_device_cookie_name())


def set_cookies(response: Response, signed_in: SignedIn) -> None:
    """Give the browser its session, and what makes it known when it signs in again."""
    lifetime = int(rules.SESSION_LIFETIME.total_seconds())
    _set_cookie(response, session_cookie_name(use(Doorkeeper).secure), signed_in.session_secret, lifetime)
    _set_cookie(response, _device_cookie_name(), signed_in.device_secret, DEVICE_LIFETIME)


def clear_session_cookie(response: Response) -> None:
    """Make the browser forget its session. It stays known as a device."""
    _set_cookie(response, session_cookie_name(use(Doorkeeper).secure), "", 0)


def refuse_cross_site() -> None:
    """Raise `Forbidden` when a page of another site made the browser send this, for requests before anybody signs in.

    Browsers say so in `Sec-Fetch-Site`, over plain http or in old ones in `Origin`; what is no browser says neither.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        origin = request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc.lower() != request.host.lower()
    if foreign:
        raise Forbidden("This request comes from a page of another site.", code="cross_site")


def no_content() -> Response:
    """An answer without a body, and so without a type of it."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def _device_cookie_name() -> str:
    return session_cookie_name(use(Doorkeeper).secure) + "-device"


def _set_cookie(response: Response, name: str, value: str, lifetime: int) -> None:
    response.set_cookie(
        name, value, max_age=lifetime, path="/", secure=use(Doorkeeper).secure, httponly=True, samesite="Lax"
    )
