"""What should be in a share, against what its recipient was told: rules without SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from archypix.received.models import Upstream
from archypix.shares.models import Share
from archypix.shares.publishing.models import Changes, Member, Subject
from archypix.shares.relaying import choosing


def compare(
    share: Share,
    wanted: Collection[UUID],
    members: Mapping[UUID, Member],
    subjects: Mapping[UUID, Subject],
    ways: Mapping[UUID, Sequence[Upstream]],
) -> Changes:
    """What a share has to say of pictures: `wanted` are those it covers now, `members` those it told of."""
    changes = Changes()
    for picture_id in sorted({*wanted, *members}):
        member = members.get(picture_id)
        subject = subjects.get(picture_id)
        if subject is None:
            if member is not None:
                (changes.gone if member.own else changes.leaving).append(member)
            continue
        if member is not None and (picture_id not in wanted or member.own != (subject.origin is None)):
            changes.leaving.append(member)
            member = None
        if picture_id not in wanted:
            continue
        if subject.origin is not None:
            choosing.compare(changes, share, subject, member, ways.get(picture_id, ()))
        elif member is None and subject.live and not subject.processing:
            # What is told of stays in the trash, with its date; what is in the trash already is not news.
            changes.entering.append(picture_id)
    return changes
