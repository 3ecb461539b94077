"""The SQL expression says what the Python function says, for any segmentation and any time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archypix.pictures.query import Parameters
from archypix.pipeline.segments.config import MAX_BANDS, MAX_TEXT, parse
from archypix.pipeline.segments.evaluate import segment
from archypix.pipeline.segments.sql import path_expression
from tests.pipeline.segments.configs import EDGES, EXAMPLE, PARTS, TIMES, configs


async def in_sql(connection: asyncpg.Connection, config: Any, moments: list[datetime | None]) -> list[Any]:
    parameters = Parameters()
    given_times = parameters.add(moments)
    expression = path_expression(parse(config), parameters)
    rows = await connection.fetch(
        f"SELECT {expression} AS levels FROM unnest({given_times}::timestamp[]) WITH ORDINALITY p (captured_at, number)"
        " ORDER BY number",
        *parameters.values,
    )
    return [row["levels"] and tuple(row["levels"]) for row in rows]


def in_python(config: Any, moments: list[datetime | None]) -> list[Any]:
    segmentation = parse(config)
    return [segment(segmentation, moment) for moment in moments]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=configs(), moments=st.lists(TIMES | st.none(), min_size=1, max_size=30))
async def test_any_segmentation(postgres_connection: asyncpg.Connection, config: Any, moments: Any) -> None:
    assert await in_sql(postgres_connection, config, moments) == in_python(config, moments)


async def test_the_example_at_every_edge(postgres_connection: asyncpg.Connection) -> None:
    moments = [None, *EDGES]
    assert await in_sql(postgres_connection, EXAMPLE, moments) == in_python(EXAMPLE, moments)


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("hemisphere", ["north", "south"])
async def test_every_part_at_every_edge(postgres_connection: asyncpg.Connection, part: str, hemisphere: str) -> None:
    band = {"template": f"{{{part}}}", "offset": {"hours": 4}}
    config = {"root": "/R", "bands": [band], "hemisphere": hemisphere}
    assert await in_sql(postgres_connection, config, EDGES) == in_python(config, EDGES)


async def test_the_largest_segmentation_is_still_a_statement(postgres_connection: asyncpg.Connection) -> None:
    template = "/".join(f"{number}{{year}}{{month}}{{day}}" for number in range(5))
    parts = {"year": {"stride": 10, "bound": "range", "pad": 9}}
    assert len(template) * MAX_BANDS <= MAX_TEXT
    bands = [
        {
            "from": f"{1900 + number}-01-01",
            "to": f"{1901 + number}-01-01",
            "template": template,
            "parts": parts,
            "offset": {"hours": 4},
        }
        for number in range(MAX_BANDS)
    ]
    config = {"root": "/R", "bands": bands}
    assert await in_sql(postgres_connection, config, EDGES) == in_python(config, EDGES)
