"""What a picture loses that leaves a folder, and what stands against that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from archypix.hierarchies.models import File
from archypix.hierarchies.resolver import Resolver
from archypix.hierarchies.writing.against import SHARE, refuse_given, require_writable
from archypix.hierarchies.writing.deed import Deed
from archypix.hierarchies.writing.models import Given
from archypix.tags.models import BY_HAND


async def to_lose(
    resolver: Resolver, deed: Deed, file: File, given: Sequence[Given], *, keep: Collection[int] = ()
) -> list[Given]:
    """As `lost`, without tags to `keep`, for a picture that is to leave. `Forbidden`, `Conflict` (`rule`)."""
    going = [each for each in await lost(resolver, deed, file, given) if each.tag_id not in keep]
    if not any(each.source == SHARE for each in going):
        require_writable(file.folder)
    await refuse(deed, going)
    return going


async def lost(resolver: Resolver, deed: Deed, file: File, given: Sequence[Given]) -> list[Given]:
    """Why a picture is shown in its folder: what it carries of the folder's tags, but not of folders inside.

    `given` is all that it carries.
    """
    wanted = frozenset(file.folder.loses)
    going = [each for each in given if wanted.intersection(each.lineage)]
    if all(each.tag_id in wanted for each in going):
        return going
    inside = await resolver.folders(deed.connection, deed.hierarchy, file.folder, deed.revision)
    shown = {child.tag_id for child in inside if child.mirror == file.folder.mirror}
    return [each for each in going if not shown.intersection(each.lineage)]


async def refuse(deed: Deed, going: Iterable[Given]) -> None:
    """`Conflict` (`rule`) where not people gave what is to be taken away."""
    others = [(each.source, each.source_id) for each in going if each.source not in BY_HAND]
    await refuse_given(deed.connection, deed.owner, others)


def tags(given: Iterable[Given]) -> set[int]:
    """The tags that were given."""
    return {each.tag_id for each in given}
