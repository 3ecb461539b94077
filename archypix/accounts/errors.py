"""What can go wrong with accounts beyond the general: each error has its own stable code."""

from __future__ import annotations

from archypix.core.errors import Conflict, Forbidden, Gone, Unauthenticated


class WrongCredentials(Unauthenticated):
    """Name and password do not belong together; whether the name exists is not said."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("The name or the password is wrong.")


class AccountDisabled(Forbidden):
    """The password was right, but an administrator has disabled the account."""

    code = "account_disabled"

    def __init__(self) -> None:
        super().__init__("This account is disabled. Ask whoever runs this server.")


class NameTaken(Conflict):
    """The name belongs, or once belonged, to somebody."""

    code = "name_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"The name {name} is taken. Names of deleted accounts are not given again.")


class NamePending(Conflict):
    """An account of this name is just being made."""

    code = "name_pending"

    def __init__(self, name: str) -> None:
        super().__init__(f"An account called {name} is being made. Try again in a few minutes.")


class NameRefused(Conflict):
    """The name is somebody else's in the domain, so the account cannot be used."""

    code = "name_refused"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is somebody else in this domain: this account stays disabled. Export or delete it.")


class LastAdministrator(Conflict):
    """Nobody would be left to run the server."""

    code = "last_administrator"

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make somebody else administrator first.")


class RegistrationClosed(Forbidden):
    """People cannot make accounts here by themselves."""

    code = "registration_closed"

    def __init__(self) -> None:
        super().__init__("Registration is closed here. Ask whoever runs this server for an account.")


class InviteInvalid(Forbidden):
    """The invite is unknown, used up, revoked or expired."""

    code = "invite_invalid"

    def __init__(self) -> None:
        super().__init__("This invite does not hold: it is unknown, used up, revoked or expired.")


class SetupLinkSpent(Gone):
    """The link that makes the first administrator was used, replaced or is too old."""

    code = "setup_link_spent"

    def __init__(self) -> None:
        super().__init__(
            "This link no longer works. Restart the server to get a new one, if there is no administrator yet."
        )
