"""What requests about moderation look like, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from archypix.core.clock import rfc3339
from archypix.pictures.schemas import Strict
from federation.moderation.models import Aversion, HostRule, Report
from federation.moderation.reports import LONGEST_COMMENT, MOST_OBJECTS

MOST = 200


def _text(value: str) -> str:
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError("holds a character that is no text")
    return value


Text = AfterValidator(_text)
Handle = Annotated[str, StringConstraints(min_length=1, max_length=2048), Text]
Host = Annotated[str, StringConstraints(min_length=1, max_length=260), Text]
Note = Annotated[str, StringConstraints(max_length=1000), Text]
Comment = Annotated[str, StringConstraints(max_length=LONGEST_COMMENT), Text]
Address = Annotated[str, StringConstraints(min_length=1, max_length=2048), Text]
Limit = Annotated[int, Field(ge=1, le=MOST)]
Policy = Literal["blocked", "limited", "allowed"]
State = Literal["open", "resolved", "dismissed"]


class HostQuery(Strict):
    """Which rules, and which page of them."""

    policy: Policy | None = None
    cursor: Host | None = None
    limit: Limit = 100


class HostNew(Strict):
    """The rule on a server: `blocked` (nothing goes either way), `limited` (only those are heard whom somebody here
    follows), or `allowed` (in allow-list mode; otherwise: spared the rule on the name above it)."""

    policy: Policy
    note: Note = ""


class HostItem(BaseModel):
    """A rule; it holds for all servers below the name too."""

    host: str
    policy: Policy
    note: str
    created_at: str
    changed_at: str


class HostList(BaseModel):
    """A page of rules, by name."""

    items: list[HostItem]
    next: str | None


class PageQuery(Strict):
    """Which page."""

    cursor: UUID | None = None
    limit: Limit = 50


class ReportQuery(PageQuery):
    """Which reports, and which page of them."""

    state: State | None = None


class MuteNew(Strict):
    """Whom not to see: somebody (`handle`, or the address of a profile), or everybody on a server (`host`)."""

    handle: Handle | None = None
    host: Host | None = None
    ends_at: AwareDatetime | None = None


class BlockNew(Strict):
    """Whom to have nothing to do with: somebody, or everybody on a server."""

    handle: Handle | None = None
    host: Host | None = None


class AversionItem(BaseModel):
    """A mute or block; either `uri` and `handle`, or `host` are set."""

    id: UUID
    uri: str | None
    handle: str | None
    host: str | None
    created_at: str
    ends_at: str | None


class AversionList(BaseModel):
    """A page of mutes or blocks, the newest first."""

    items: list[AversionItem]
    next: UUID | None


class ReportNew(Strict):
    """Whom to report, addresses of what they posted, and why."""

    handle: Handle
    objects: Annotated[list[Address], Field(max_length=MOST_OBJECTS)] = Field(default_factory=list)
    comment: Comment = ""


class ReportSettled(Strict):
    """What became of a report; `open` opens it again."""

    state: State
    resolution: Note = ""


class ReportForward(Strict):
    """What to tell the subject's server; without a comment, the reporter's."""

    comment: Comment | None = None


class OwnReport(BaseModel):
    """A report as who made it sees it."""

    id: UUID
    subject: str
    objects: list[str]
    comment: str
    created_at: str
    state: State


class OwnReportList(BaseModel):
    """A page of reports, the newest first."""

    items: list[OwnReport]
    next: UUID | None


class ReportItem(OwnReport):
    """A report as administrators see it: `reporter` is somebody here, `from_actor` an actor elsewhere."""

    reporter: str | None
    from_actor: str | None
    host: str
    forwarded_at: str | None
    resolved_at: str | None
    resolved_by: str | None
    resolution: str


class ReportList(BaseModel):
    """A page of reports, the newest first."""

    items: list[ReportItem]
    next: UUID | None


def host_json(rule: HostRule) -> dict[str, Any]:
    """A rule as `HostItem` has it."""
    return {
        "host": rule.host,
        "policy": rule.policy,
        "note": rule.note,
        "created_at": rfc3339(rule.created_at),
        "changed_at": rfc3339(rule.changed_at),
    }


def aversion_json(aversion: Aversion) -> dict[str, Any]:
    """A mute or block as `AversionItem` has it."""
    return {
        "id": str(aversion.id),
        "uri": aversion.uri,
        "handle": None if aversion.handle is None else f"@{aversion.handle}",
        "host": aversion.host,
        "created_at": rfc3339(aversion.created_at),
        "ends_at": _moment(aversion.ends_at),
    }


def own_report_json(report: Report) -> dict[str, Any]:
    """A report as `OwnReport` has it."""
    return {
        "id": str(report.id),
        "subject": report.subject_uri,
        "objects": list(report.object_uris),
        "comment": report.comment,
        "created_at": rfc3339(report.created_at),
        "state": report.state,
    }


def report_json(report: Report) -> dict[str, Any]:
    """A report as `ReportItem` has it."""
    return own_report_json(report) | {
        "reporter": report.reporter,
        "from_actor": report.from_actor,
        "host": report.subject_host,
        "forwarded_at": _moment(report.forwarded_at),
        "resolved_at": _moment(report.resolved_at),
        "resolved_by": report.resolved_by,
        "resolution": report.resolution,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else rfc3339(moment)
