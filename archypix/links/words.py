"""What the pages of links say, in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from archypix.core.languages import Language, day_in, liked, month_in
from archypix.links.models import MOST_COUNTED

UNITS: Final = (("bytes", "octets"), ("kB", "ko"), ("MB", "Mo"), ("GB", "Go"), ("TB", "To"))


class Words:
    """English, and what other languages say otherwise."""

    language: Language = "en"

    about_strong = "No account, no app, no advertising."
    about = "These pictures lie on the server of the one who shares them, and nowhere else."
    what = "What is this?"
    what_text = (
        "Archypix is a photo library that people run themselves, at home or on a server of theirs. Whoever has one"
        " shares with people of other such servers, or by an address like this one, and takes it back whenever they"
        " like: the pictures themselves never move."
    )
    look_at_server = "Look at this server"

    shared_pictures = "Shared pictures"
    skip = "Skip to the pictures"
    deeds = "What you can do"
    add = "Add pictures"
    download_all = "Download all"
    video = "Video"
    none_yet = "There are no pictures here yet."
    nothing_more = "There is nothing on this page any more."
    to_first = "To the first pictures"
    pages = "Pages"
    earlier = "Earlier"
    later = "Later"

    pictures_nav = "Pictures"
    around = "Pictures around this one"
    all_pictures = "All pictures"
    previous = "Previous"
    next = "Next"
    waiting = "This picture is being prepared. Look again in a moment."
    no_preview = "There is no preview of this file."
    download = "Download"

    protected = "These pictures are protected. Whoever sent you the address can tell you the password."
    word = "Password"
    open = "Open"

    nothing_here = "Nothing here"
    did_not_work = "This did not work"
    ask = "Whoever sent you the address can tell you more, or send you another one."

    add_yours = "Add your pictures"
    look_at_them = "Look at them"
    not_taken = "Not taken:"
    no_room = "There is no room for more pictures here."
    your_name = "Your name"
    files = "Pictures and videos"
    send = "Send"
    send_more = "Send more"
    sending = "Sending…"
    sending_more = "Your browser shows how far it is. Keep this page open until it says thank you."

    # For the script of the page.
    script: Mapping[str, str] = {
        "waits": "Waits",
        "sending": "Sending",
        "checking": "Arriving",
        "taken": "Arrived",
        "refused": "Not taken",
        "lost": "The connection broke off. What has arrived is there; send the rest again.",
        "again": "Send the rest again",
        "thanks_one": "Thank you! 1 picture arrived.",
        "thanks": "Thank you! {} pictures arrived.",
        "look": "Look at them",
        "total": "{} of {}",
    }

    def day(self, moment: date) -> str:
        """`3 July 2024`."""
        return day_in(self.language, moment)

    def month(self, moment: date) -> str:
        """`July`."""
        return month_in(self.language, moment)

    def days(self, first: date, last: date) -> str:
        """From one day to another, with what they have in common said once: `1–5 July 2024`."""
        if (first.year, first.month, first.day) == (last.year, last.month, last.day):
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        if first.year == last.year:
            return f"{first.day} {self.month(first)} – {self.day(last)}"
        return f"{self.month(first)} {first.year} – {self.month(last)} {last.year}"

    def shared_by(self, owner: str) -> str:
        return f"Shared by {owner}"

    def counted(self, count: int) -> str:
        """How many pictures there are, as far as they are counted."""
        if count > MOST_COUNTED:
            return f"More than {MOST_COUNTED:,} pictures"
        return "1 picture" if count == 1 else f"{count} pictures"

    def of_album(self, name: str, owner: str) -> str:
        return f"{name}, shared by {owner}"

    def unnamed(self, *, video: bool, taken: datetime | None, filename: str) -> str:
        """What stands for a picture that nobody has described: links must be called something."""
        kind = "Video" if video else "Picture"
        return f"{kind} of {self.day(taken)}" if taken else f"{kind} {filename}"

    def add_to(self, name: str) -> str:
        return f"Add pictures to {name}"

    def thanks(self, taken: int) -> str:
        return f"Thank you! {taken} {'picture' if taken == 1 else 'pictures'} arrived."

    def and_more(self, count: int) -> str:
        return f"and {count} more"

    def they_go(self, owner: str) -> str:
        return f"They go to {owner}, and everybody who has this address can see them."

    def room(self, files: int, size: int) -> str:
        """What guests may still bring."""
        noun = "file" if files == 1 else "files"
        return f"Up to {files} {noun}, {self.size(size)} together. Large ones take a while: keep this page open."

    def size(self, size: int) -> str:
        """Bytes as a person reads them: `1.5 GB`, in steps of 1000."""
        value, unit = _scaled(size)
        return f"{value:.0f} {UNITS[unit][0]}" if unit < 2 else f"{value:.1f} {UNITS[unit][0]}"

    def said(self, detail: str) -> str:
        """What another room says of an error."""
        return detail


class French(Words):
    """Le français."""

    language: Language = "fr"

    about_strong = "Sans compte, sans application, sans publicité."
    about = "Ces photos se trouvent sur le serveur de la personne qui les partage, et nulle part ailleurs."
    what = "Qu’est-ce que c’est ?"
    what_text = (
        "Archypix est une photothèque que chacun fait tourner soi-même, chez soi ou sur son propre serveur. On partage"
        " avec les gens d’autres serveurs, ou par une adresse comme celle-ci, et l’on y met fin quand on veut : les"
        " photos, elles, ne bougent jamais."
    )
    look_at_server = "Voir ce serveur"

    shared_pictures = "Photos partagées"
    skip = "Aller aux photos"
    deeds = "Ce que vous pouvez faire"
    add = "Ajouter des photos"
    download_all = "Tout télécharger"
    video = "Vidéo"
    none_yet = "Il n’y a pas encore de photos ici."
    nothing_more = "Il n’y a plus rien sur cette page."
    to_first = "Aux premières photos"
    pages = "Pages"
    earlier = "Plus tôt"
    later = "Plus tard"

    pictures_nav = "Photos"
    around = "Photos voisines"
    all_pictures = "Toutes les photos"
    previous = "Précédente"
    next = "Suivante"
    waiting = "Cette photo est en préparation. Revenez dans un instant."
    no_preview = "Il n’y a pas d’aperçu de ce fichier."
    download = "Télécharger"

    protected = "Ces photos sont protégées. La personne qui vous a envoyé l’adresse peut vous dire le mot de passe."
    word = "Mot de passe"
    open = "Ouvrir"

    nothing_here = "Rien ici"
    did_not_work = "Cela n’a pas marché"
    ask = "La personne qui vous a envoyé l’adresse peut vous en dire plus, ou vous en envoyer une autre."

    add_yours = "Ajouter vos photos"
    look_at_them = "Les voir"
    not_taken = "Pas reçu :"
    no_room = "Il n’y a plus de place ici pour d’autres photos."
    your_name = "Votre nom"
    files = "Photos et vidéos"
    send = "Envoyer"
    send_more = "En envoyer d’autres"
    sending = "Envoi…"
    sending_more = "Votre navigateur montre où il en est. Gardez cette page ouverte jusqu’au merci."

    script: Mapping[str, str] = {
        "waits": "En attente",
        "sending": "Envoi",
        "checking": "Arrive",
        "taken": "Arrivé",
        "refused": "Pas reçu",
        "lost": "La connexion a été coupée. Ce qui est arrivé est là ; renvoyez le reste.",
        "again": "Renvoyer le reste",
        "thanks_one": "Merci ! 1 photo est arrivée.",
        "thanks": "Merci ! {} photos sont arrivées.",
        "look": "Les voir",
        "total": "{} sur {}",
    }

    def days(self, first: date, last: date) -> str:
        if (first.year, first.month, first.day) == (last.year, last.month, last.day):
            return self.day(first)
        begin = "1er" if first.day == 1 else str(first.day)
        if (first.year, first.month) == (last.year, last.month):
            return f"du {begin} au {self.day(last)}"
        if first.year == last.year:
            return f"du {begin} {self.month(first)} au {self.day(last)}"
        return f"{self.month(first)} {first.year} – {self.month(last)} {last.year}"

    def shared_by(self, owner: str) -> str:
        return f"Partagé par {owner}"

    def counted(self, count: int) -> str:
        if count > MOST_COUNTED:
            return f"Plus de {MOST_COUNTED} photos"
        return f"{count} {'photo' if count < 2 else 'photos'}"

    def of_album(self, name: str, owner: str) -> str:
        return f"{name}, partagé par {owner}"

    def unnamed(self, *, video: bool, taken: datetime | None, filename: str) -> str:
        kind = "Vidéo" if video else "Photo"
        return f"{kind} du {self.day(taken)}" if taken else f"{kind} {filename}"

    def add_to(self, name: str) -> str:
        return f"Ajouter des photos à {name}"

    def thanks(self, taken: int) -> str:
        return f"Merci ! {taken} {'photo est arrivée' if taken == 1 else 'photos sont arrivées'}."

    def and_more(self, count: int) -> str:
        return f"et {count} de plus"

    def they_go(self, owner: str) -> str:
        return f"Elles vont à {owner}, et quiconque a cette adresse peut les voir."

    def room(self, files: int, size: int) -> str:
        noun = "fichier" if files == 1 else "fichiers"
        return f"Jusqu’à {files} {noun}, {self.size(size)} en tout. Les gros sont longs : gardez cette page ouverte."

    def size(self, size: int) -> str:
        value, unit = _scaled(size)
        number = f"{value:.0f}" if unit < 2 else f"{value:.1f}".replace(".", ",")
        return f"{number} {UNITS[unit][1]}"

    def said(self, detail: str) -> str:
        if detail in IN_FRENCH:
            return IN_FRENCH[detail]
        if detail.startswith("Too many tries."):
            return "Trop d’essais. Réessayez un peu plus tard."
        return detail


IN_FRENCH: Final = {
    "There is nothing at this address, or it is not shared any more.": (
        "Il n’y a rien à cette adresse, ou ce n’est plus partagé."
    ),
    "This picture is not among those that are shared.": "Cette photo n’est pas de celles qui sont partagées.",
    "Only previews of these pictures are shared.": "Seuls des aperçus de ces photos sont partagés.",
    "Nobody can add pictures here.": "On ne peut pas ajouter de photos ici.",
    "This page cannot be shown.": "Cette page ne peut pas être montrée.",
    "This is not the password.": "Ce n’est pas le mot de passe.",
    "These pictures are protected by a password.": "Ces photos sont protégées par un mot de passe.",
    "Too many people are signing in at this moment.": "Trop de monde à la fois. Réessayez dans un instant.",
    "The form did not arrive as a whole.": "Le formulaire n’est pas arrivé en entier.",
    "Choose the pictures first.": "Choisissez d’abord les photos.",
    "These files are too large together for what there is room for.": (
        "Ces fichiers sont trop gros ensemble pour la place qu’il reste."
    ),
    "There is no room for this file.": "Il n’y a plus de place pour ce fichier.",
    "This is neither a picture nor a video.": "Ce n’est ni une photo ni une vidéo.",
    "The file is larger than this server takes.": "Ce fichier est plus gros que ce que ce serveur accepte.",
    "The file is empty.": "Ce fichier est vide.",
    "This is not a file.": "Ce n’est pas un fichier.",
    "This link takes no pictures any more.": "Ce lien n’accepte plus de photos.",
    "Control characters are not allowed here.": "Des caractères de commande ne conviennent pas ici.",
    "This has 1 to 60 characters.": "Il faut de 1 à 60 caractères.",
    "Too many uploads of yours run at once.": "Trop d’envois à la fois. Réessayez dans un instant.",
    "Too many uploads run at once.": "Trop d’envois à la fois. Réessayez dans un instant.",
    "The same file is being stored and removed at this moment. Try again.": "Réessayez dans un instant.",
    "Too many archives are being fetched: try again in a while.": "Trop d’archives à la fois : réessayez plus tard.",
}
ENGLISH: Final = Words()
SPOKEN: Final[Mapping[Language, Words]] = {"en": ENGLISH, "fr": French()}


def words_for(accepted: str | None) -> Words:
    """The words of the language that a browser likes best, by its `Accept-Language`."""
    return SPOKEN[liked(accepted)]


def _scaled(size: int) -> tuple[float, int]:
    value, unit = float(size), 0
    while value >= 1000 and unit < len(UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return value, unit
