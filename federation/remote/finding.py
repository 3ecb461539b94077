"""Finding people by their handles, and asking WebFinger whether a handle is really an actor's."""

from __future__ import annotations

from archypix.core.errors import Fault, Invalid
from federation.documents.terms import id_of
from federation.outbound.client import Outbound
from federation.outbound.errors import Gone, Misbehaved
from federation.outbound.models import Budget
from federation.remote.fetching import Fetcher
from federation.remote.handles import Finger, Handle, parse_handle, read_finger
from federation.remote.models import RemoteActor


class Finder:
    """From handles and addresses of profiles to ids of actors, and from actors back to their handles."""

    def __init__(self, outbound: Outbound, fetcher: Fetcher) -> None:
        self._outbound = outbound
        self._fetcher = fetcher

    async def actor_of(self, handle: Handle, budget: Budget) -> str:
        """Id of the actor that WebFinger of the handle's host names. Raises FetchError."""
        finger = await self._ask(handle, budget)
        if finger.actor is None:
            raise Misbehaved("WebFinger names no actor")
        return finger.actor

    async def actor_at(self, url: str, budget: Budget) -> str:
        """Id of the actor whose document, or whose page for people, is at `url`. Raises FetchError."""
        found = await self._fetcher.document(url.partition("#")[0], budget=budget)
        # Whether that document is really this actor's is found out when the id itself is asked.
        name = id_of(found)
        if name is None:
            raise Misbehaved("the document has no id")
        return name

    async def confirmed(self, actor: RemoteActor, budget: Budget) -> Handle | None:
        """The handle on which the actor and WebFinger agree; None where they do not. Raises FetchError.

        The actor's own claim is asked first. Its host may say that the account is called otherwise, at another host
        even; then that host must say so of itself, and both must lead to the actor.
        """
        handle = parse_handle(actor.claimed)
        if handle is None:
            return None
        finger = await self._ask(handle, budget)
        if finger.subject is None or finger.actor != actor.uri:
            return None
        if finger.subject.same(handle):
            return finger.subject
        other = await self._ask(finger.subject, budget)
        if other.subject is None or other.actor != actor.uri or not other.subject.same(finger.subject):
            return None
        return other.subject

    async def _ask(self, handle: Handle, budget: Budget) -> Finger:
        try:
            url = handle.webfinger(self._outbound.scheme_of(handle.host))
            return read_finger((await self._outbound.get_jrd(url, budget=budget)).data)
        except Gone as error:
            # WebFinger's 404 speaks of a name, not of an actor.
            raise Gone(f"{handle.host} knows no {handle.user}", status=404) from error


def parse(text: str) -> Handle | str:
    """The handle, or the address of a profile, in what a person typed. Raises Invalid for anything else."""
    text = text.strip()
    if text.startswith(("https://", "http://")) and len(text) <= 2048:
        return text
    handle = parse_handle(text)
    if handle is None:
        raise Invalid(
            "That is no handle.", faults=(Fault("handle", "A handle looks like @alice@example.org."),), code="handle"
        )
    return handle
