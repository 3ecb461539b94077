"""`/admin/federation/hosts` and `/admin/reports`, for administrators."""

from __future__ import annotations

from quart import Blueprint, Response
from quart_schema import document_response, validate_querystring, validate_request

from archypix.accounts import browser
from archypix.accounts.models import Actor
from archypix.core.ids import parse_id
from archypix.gate import policy
from archypix.gate.application import caller, json_response
from archypix.gate.context import use
from federation.moderation import schemas
from federation.moderation.reports import ReportService
from federation.moderation.service import Moderation

blueprint = Blueprint("moderation_admin", __name__)


@blueprint.get("/admin/federation/hosts")
@policy.admin
@validate_querystring(schemas.HostQuery)
@document_response(schemas.HostList, 200)
async def hosts(query_args: schemas.HostQuery) -> Response:
    """The rules on servers, by name."""
    limit = query_args.limit
    found = await use(Moderation).rules(after=query_args.cursor or "", limit=limit + 1, policy=query_args.policy)
    items = [schemas.host_json(rule) for rule in found[:limit]]
    return json_response({"items": items, "next": items[-1]["host"] if len(found) > limit else None})


@blueprint.get("/admin/federation/hosts/<host>")
@policy.admin
@document_response(schemas.HostItem, 200)
async def host(host: str) -> Response:
    """The rule on one server."""
    return json_response(schemas.host_json(await use(Moderation).rule(host)))


@blueprint.put("/admin/federation/hosts/<host>")
@policy.admin
@validate_request(schemas.HostNew)
@document_response(schemas.HostItem, 200)
async def set_host(host: str, data: schemas.HostNew) -> Response:
    """Set the rule on a server and all below its name. Blocking ends all follows between here and there."""
    rule = await use(Moderation).set_rule(_actor(), host, data.policy, data.note)
    return json_response(schemas.host_json(rule))


@blueprint.delete("/admin/federation/hosts/<host>")
@policy.admin
async def delete_host(host: str) -> Response:
    """Treat a server as any other."""
    await use(Moderation).delete_rule(_actor(), host)
    return browser.no_content()


@blueprint.get("/admin/reports")
@policy.admin
@validate_querystring(schemas.ReportQuery)
@document_response(schemas.ReportList, 200)
async def reports(query_args: schemas.ReportQuery) -> Response:
    """All reports, the newest first."""
    limit = query_args.limit
    found = await use(ReportService).page(before=query_args.cursor, limit=limit + 1, state=query_args.state)
    items = [schemas.report_json(report) for report in found[:limit]]
    return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


@blueprint.get("/admin/reports/<report_id>")
@policy.admin
@document_response(schemas.ReportItem, 200)
async def report(report_id: str) -> Response:
    """One report."""
    return json_response(schemas.report_json(await use(ReportService).one(parse_id(report_id, "report"))))


@blueprint.patch("/admin/reports/<report_id>")
@policy.admin
@validate_request(schemas.ReportSettled)
@document_response(schemas.ReportItem, 200)
async def settle(report_id: str, data: schemas.ReportSettled) -> Response:
    """Close a report, or open it again."""
    settled = await use(ReportService).settle(_actor(), parse_id(report_id, "report"), data.state, data.resolution)
    return json_response(schemas.report_json(settled))


@blueprint.post("/admin/reports/<report_id>/forward")
@policy.admin
@validate_request(schemas.ReportForward)
@document_response(schemas.ReportItem, 200)
async def forward(report_id: str, data: schemas.ReportForward) -> Response:
    """Tell the server of whom it is about, in the name of this server."""
    passed = await use(ReportService).forward(_actor(), parse_id(report_id, "report"), data.comment)
    return json_response(schemas.report_json(passed))


def _actor() -> Actor:
    return Actor(caller().account_id, browser.address())
