"""What public pages say, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from archypix.core.languages import Language, day_in, liked


class Words:
    """English, and what other languages say otherwise."""

    language: Language = "en"

    by = "By"
    between = "in"
    nothing_yet = "There is nothing here yet."
    nothing_more = "There is nothing here any more."
    nothing_public = "Nothing here is public."
    earlier = "Earlier pictures"
    # What stands before a name, and what after it.
    follow = ("Follow", "from Mastodon, Pixelfed or any other server of the fediverse.")
    moved_to = "This account has moved to"
    runs = "runs Archypix"
    undescribed = "Picture without a description"
    # By the status of the answer: a heading, and a sentence.
    missing: Mapping[int, tuple[str, str]] = {
        404: ("Nothing here", "There is nothing at this address, or it is not public."),
        410: ("No longer here", "What was at this address is not public any more."),
    }

    def day(self, moment: date) -> str:
        """`3 July 2024`."""
        return day_in(self.language, moment)

    def picture_of(self, taken: date) -> str:
        return f"Picture of {self.day(taken)}"

    def public_pictures(self, name: str) -> str:
        return f"Public pictures of {name}."

    def pictures_by(self, name: str) -> str:
        return f"Pictures by {name}."

    def within(self, collection: str, owner: str) -> str:
        return f"In {collection}, by {owner}."

    def counts(self, likes: int, boosts: int, replies: int) -> str:
        """How others have answered, as far as they have."""
        return _counted((likes, "like", "likes"), (boosts, "boost", "boosts"), (replies, "reply", "replies"))


class French(Words):
    """Le français."""

    language: Language = "fr"

    by = "Par"
    between = "dans"
    nothing_yet = "Il n’y a encore rien ici."
    nothing_more = "Il n’y a plus rien ici."
    nothing_public = "Rien n’est public ici."
    earlier = "Photos plus anciennes"
    follow = ("Abonnez-vous à", "depuis Mastodon, Pixelfed ou tout autre serveur du fédivers.")
    moved_to = "Ce compte a déménagé vers"
    runs = "fonctionne avec Archypix"
    undescribed = "Photo sans description"
    missing: Mapping[int, tuple[str, str]] = {
        404: ("Rien ici", "Il n’y a rien à cette adresse, ou ce n’est pas public."),
        410: ("Il n’y a plus rien ici", "Ce qui se trouvait à cette adresse n’est plus public."),
    }

    def picture_of(self, taken: date) -> str:
        return f"Photo du {self.day(taken)}"

    def public_pictures(self, name: str) -> str:
        # `de` would be `d’` before some names.
        return f"Photos publiques, par {name}."

    def pictures_by(self, name: str) -> str:
        return f"Photos par {name}."

    def within(self, collection: str, owner: str) -> str:
        return f"Dans {collection}, par {owner}."

    def counts(self, likes: int, boosts: int, replies: int) -> str:
        return _counted(
            (likes, "j’aime", "j’aime"), (boosts, "repartage", "repartages"), (replies, "réponse", "réponses")
        )


ENGLISH: Final = Words()
SPOKEN: Final[Mapping[Language, Words]] = {"en": ENGLISH, "fr": French()}


def words_for(accepted: str | None) -> Words:
    """The words of the language that a browser likes best, by its `Accept-Language`."""
    return SPOKEN[liked(accepted)]


def _counted(*counts: tuple[int, str, str]) -> str:
    return ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in counts if number)
