"""Errors of the domain: each has a stable code, a detail that a client may see, and a face for the log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one field: `path` is dotted (`rules.0.when.field`), `detail` is safe to show."""

    path: str
    detail: str


class ArchypixError(Exception):
    """Base of all errors a service raises.

    `code` is stable and machine-readable, `detail` is one sentence that a client may see, `log_detail` is what
    the log gets instead when there is more to say. Services know nothing of HTTP: faces map classes to statuses.
    """

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None, log_detail: str | None = None) -> None:
        super().__init__(log_detail or detail)
        self.detail = detail
        if code is not None:
            self.code = code


class Invalid(ArchypixError):
    """The input breaks a rule; `faults` names the fields."""

    code = "invalid"

    def __init__(self, detail: str, *, faults: tuple[Fault, ...] = (), code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.faults = faults


class Unauthenticated(ArchypixError):
    """Nobody is signed in, or the credentials do not hold."""

    code = "unauthenticated"


class Forbidden(ArchypixError):
    """The caller is known but may not do this."""

    code = "forbidden"


class NotFound(ArchypixError):
    """There is no such thing for this caller (a thing of somebody else's counts as none)."""

    code = "not_found"


class Gone(ArchypixError):
    """It existed and is no more."""

    code = "gone"


class Moved(ArchypixError):
    """The person it is about lives at another server of the domain now, whose origin is `moved_to`."""

    code = "moved"

    def __init__(self, moved_to: str) -> None:
        super().__init__(f"This person has moved to {moved_to}.")
        self.moved_to = moved_to


class Conflict(ArchypixError):
    """The state of things stands against it (a name taken, a thing being changed)."""

    code = "conflict"


class PreconditionFailed(ArchypixError):
    """`If-Match` or its like names another revision than the present one."""

    code = "precondition_failed"


class TooLarge(ArchypixError):
    """The body is larger than this place takes."""

    code = "too_large"


class UnsupportedType(ArchypixError):
    """The body's media type is not one this place takes."""

    code = "unsupported_media_type"


class RangeNotSatisfiable(ArchypixError):
    """The requested byte range lies outside of the content."""

    code = "range_not_satisfiable"


class QuotaExceeded(ArchypixError):
    """The bytes would not fit into the person's quota."""

    code = "quota_exceeded"


class RateLimited(ArchypixError):
    """Too many tries; `retry_after` says in how many seconds the next one is taken."""

    code = "rate_limited"

    def __init__(self, detail: str, *, retry_after: float, code: str | None = None) -> None:
        super().__init__(detail, code=code)
        self.retry_after = retry_after


class Unavailable(ArchypixError):
    """Something this rests on (database, cache, storage, disk) cannot serve now; trying later makes sense."""

    code = "unavailable"

    def __init__(
        self, detail: str, *, code: str | None = None, log_detail: str | None = None, retry_after: float = 5.0
    ) -> None:
        super().__init__(detail, code=code, log_detail=log_detail)
        self.retry_after = retry_after


class BeingMoved(Unavailable):
    """The account is on its way to another server of the domain; it can be read, and written again in a while."""

    code = "moving"

    def __init__(self) -> None:
        super().__init__("This account is being moved to another server. Try again in a while.", retry_after=30.0)


class OutOfSpace(Unavailable):
    """The disk or bucket that should take the bytes is full."""

    code = "out_of_space"


class StartupError(ArchypixError):
    """The program cannot start; `detail` tells the person who runs it what to do."""

    code = "startup"
