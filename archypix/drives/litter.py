"""Names that systems and programs give to files beside the ones people mean, by which they are told from pictures."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from archypix.drives.models import name_key

Litter: TypeAlias = Literal["litter", "scratch"]

# What systems leave in folders for themselves, in the form of `name_key`.
SYSTEM = re.compile(
    r"""
    \._.* | \.ds_store | \.localized | \.apdisk | \.volumeicon\.icns | icon\r | \.com\.apple\..*
    | \.apple(?:double|desktop) | \.metadata_never_index.* | \.metadata_direct_scope_only | \.hidden | \.directory
    | \.nomedia | \.xdg-volume-info
    | autorun\.inf | \.autorun\.inf | (?:eh)?thumbs(?:_vista)?\.db(?::encryptable)? | desktop\.ini
    | \.picasa(?:\.ini|originals) | picasa\.ini | \.bridgesort | \.bridgecache(?:t)? | \.bridgelabelsandratings
    | \.dropbox(?:\..*)? | \.stignore | \.owncloudsync\.log | \._?sync_[0-9a-f]+\.db.* | \.sync_[0-9a-f]+\.db.*
    | \.csync_journal\.db.* | \.nextcloudsync\.log | \.rclone-.* | \.davfs.* | \.nfs[0-9a-f]{8,}
    """,
    re.VERBOSE | re.DOTALL,
)
# What programs write before it is renamed to what is meant, and how they tell each other that a file is open.
SCRATCH = re.compile(
    r"""
    ~\$.* | \.~.* | ~.*\.tmp | .*\.(?:tmp|temp|part|partial|filepart|crdownload|download|upload|uploading|!ut|bts)
    | .*\.tmp[0-9a-z]{1,8}
    | \.goutputstream-.* | \.fuse_hidden.* | \.pending-[0-9]+-.* | \.trashed-[0-9]+-.* | .*_exiftool_tmp
    | .*\.digikamtempfile\..* | .*\.(?:swp|swo|swx|swpx|kate-swp) | 4913 | .+~ | \#.*\# | \.\#.* | \.[^.].*\.[0-9a-z]{6}
    """,
    re.VERBOSE | re.DOTALL,
)
# Endings of pictures, which make of `.holiday.iphone.jpeg` no temporary name.
PICTURES = re.compile(
    r".*\.(?:jpe?g|jpe|png|gif|webp|heics?|heifs?|avifs?|tiff?|dng|cr[23]|nef|arw|orf|raf|rw2|mp4|mov|avi)"
)
FOLDERS = re.compile(
    r"""
    \.spotlight-v100 | \.trashes | \.fseventsd | \.temporaryitems | \.documentrevisions-v100 | \.trash(?:-[0-9]+)?
    | \.apple(?:double|desktop) | network\ trash\ folder | temporary\ items | \$recycle\.bin
    | system\ volume\ information | recycler | found\.[0-9]{3} | .*\.sb-[0-9a-f]+-[0-9a-z]+
    | \.thumbnails | \.stfolder | \.stversions | @eadir
    | \(a\ document\ being\ saved\ by\ .*\) | lost\+found
    """,
    re.VERBOSE | re.DOTALL,
)


def litter_kind(name: str) -> Litter | None:
    """What a file of this name is kept as beside the tags; None for names that people give."""
    key = name_key(name)
    if SYSTEM.fullmatch(key):
        return "litter"
    if SCRATCH.fullmatch(key) and not (key.startswith(".") and PICTURES.fullmatch(key) and not _marked(key)):
        return "scratch"
    return None


def is_litter(name: str) -> bool:
    """Whether a file of this name is no picture, whatever it holds."""
    return litter_kind(name) is not None


def is_litter_folder(name: str) -> bool:
    """Whether a folder of this name is no tag."""
    return FOLDERS.fullmatch(name_key(name)) is not None


def _marked(key: str) -> bool:
    """Whether the start of a name says by itself that it is temporary."""
    return (
        key.startswith((".goutputstream-", ".pending-", ".trashed-", ".fuse_hidden", ".~", ".#"))
        or "digikamtemp" in key
    )
