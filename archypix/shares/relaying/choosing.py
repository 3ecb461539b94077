"""By which way another's picture may be passed on to somebody, if by any."""

from __future__ import annotations

from collections.abc import Sequence

from archypix.received.models import Upstream
from archypix.shares.models import Share
from archypix.shares.publishing.models import Asked, Changes, Member, Subject


def choose(share: Share, ways: Sequence[Upstream], held: str | None) -> Upstream | None:
    """The way by which the share's recipient may be let in; the one `held` so far where it still serves.

    Nobody is told of a picture of their own, nor of one that came by them.
    """
    recipient = share.recipient.id
    if any(way.owner.id == recipient or recipient in way.senders for way in ways):
        return None
    open_ways = [way for way in ways if way.depth >= 1]
    if not open_ways:
        return None
    return next((way for way in open_ways if way.share == held), max(open_ways, key=lambda way: (way.depth, way.share)))


def depth_below(share: Share, way: Upstream) -> int:
    """How often the recipient may pass on what comes by this way."""
    return max(0, min(share.rights.reshare_depth, way.depth - 1))


def described(share: Share, way: Upstream, depth: int) -> str:
    """Everything on which the owner's answer depends: asked again where it is another."""
    rights = share.rights
    given = "".join("ny"[right] for right in (rights.originals, rights.copy, rights.metadata_edit))
    return " ".join([way.share, str(depth), given, *map(str, way.grants)])


def compare(changes: Changes, share: Share, subject: Subject, member: Member | None, ways: Sequence[Upstream]) -> None:
    """Add to `changes` what has to be done about another's picture that is under the shared tag."""
    way = choose(share, ways, member.upstream if member else None) if subject.live and subject.origin else None
    if way is None or subject.origin is None:
        if member is not None:
            changes.leaving.append(member)
        return
    depth = depth_below(share, way)
    asked = Asked(subject.id, subject.origin, way, depth, described(share, way, depth))
    if member is None:
        changes.asking.append(asked)
    elif member.upstream != way.share:
        # What was granted by the way that is no more is void, and the new one has yet to be granted.
        changes.leaving.append(member)
        changes.asking.append(asked)
    elif member.way != asked.way:
        changes.asking.append(asked)
    elif member.consent is False and member.state != "refused":
        changes.refusing.append(member)
    elif member.consent and member.state != "announced":
        changes.granted.append(member)
