"""`archypix doctor`: names every inconsistency between database, storage and derived values."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections import Counter
from dataclasses import asdict

from archypix.commands.context import library_tools
from archypix.commands.progress import printable
from archypix.core.settings import Settings
from archypix.health.consistency import Consistency, Finding
from federation.actors import checking as keys
from federation.collections import checking as posts
from federation.domain import checking as domain

SHOWN_OF_A_KIND = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's own options."""
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--deep", action="store_true", help="read every file and compare its hash")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Check; 0 when all agrees, 1 when anything does not."""
    totals, findings = asyncio.run(_examine(settings, deep=arguments.deep))
    if arguments.json:
        report = {"ok": not findings, "totals": totals, "findings": [asdict(each) for each in findings]}
        json.dump(report, sys.stdout, indent=2)
        print()
    else:
        _print(totals, findings)
    return 1 if findings else 0


async def _examine(settings: Settings, *, deep: bool) -> tuple[dict[str, int], list[Finding]]:
    async with library_tools(settings) as tools:
        consistency = Consistency(tools.database, tools.storage)
        findings = [finding async for finding in consistency.findings(deep=deep)]
        findings += [finding async for finding in posts.findings(tools.database)]
        findings += [finding async for finding in domain.findings(tools.database, settings)]
        if found := await domain.mark(tools.database, settings):
            print(f"the key of this server in {settings.domain}: {found}", file=sys.stderr)
        findings += [finding async for finding in keys.findings(tools.database, tools.master)]
        return await consistency.totals(), findings


def _print(totals: dict[str, int], findings: list[Finding]) -> None:
    for name, count in totals.items():
        print(f"{name.replace('_', ' '):<16} {count:>10}")
    shown: Counter[str] = Counter()
    for finding in findings:
        shown[finding.kind] += 1
        if shown[finding.kind] <= SHOWN_OF_A_KIND:
            print(f"{finding.kind}: {printable(finding.subject)}: {printable(finding.detail)}")
    for kind, count in shown.items():
        if count > SHOWN_OF_A_KIND:
            print(f"{kind}: {count - SHOWN_OF_A_KIND} more")
    print("everything agrees" if not findings else f"{len(findings)} inconsistencies")
