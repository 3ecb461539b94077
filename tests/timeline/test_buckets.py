"""How days are put together to buckets."""

from __future__ import annotations

from datetime import date, datetime

from hypothesis import given
from hypothesis import strategies as st

from archypix.timeline.buckets import make_buckets
from archypix.timeline.keys import format_key
from archypix.timeline.models import Bucket

DAYS = st.dictionaries(st.dates(date(2019, 11, 1), date(2020, 4, 30)) | st.dates(), st.integers(1, 40), max_size=40)


def made(days: dict[date, int], most: int = 50) -> list[Bucket]:
    ordered = sorted(days)
    return make_buckets([day.toordinal() for day in ordered], [days[day] for day in ordered], most)


def keys(days: dict[date, int], most: int = 50) -> dict[str, int]:
    return {format_key(bucket.span): bucket.pictures for bucket in made(days, most)}


def holds(bucket: Bucket, day: date) -> bool:
    at = datetime(day.year, day.month, day.day)
    return bucket.span.start.at <= at and (bucket.span.stop is None or at < bucket.span.stop.at)


def test_a_month_is_one_bucket_while_it_is_small() -> None:
    assert keys({date(2020, 5, 1): 20, date(2020, 5, 31): 30, date(2020, 7, 4): 1}) == {"2020-05": 50, "2020-07": 1}


def test_a_month_that_is_full_is_halved_until_its_parts_are_small() -> None:
    days = {date(2020, 5, 1): 20, date(2020, 5, 3): 20, date(2020, 5, 8): 20, date(2020, 5, 31): 50}
    assert keys(days) == {
        "2020-05-01..2020-05-05": 40,
        "2020-05-05..2020-05-09": 20,
        "2020-05-17..2020-06-01": 50,
    }


def test_a_day_is_not_divided_here() -> None:
    assert keys({date(2020, 5, 6): 51, date(2020, 5, 7): 1}) == {"2020-05-06": 51, "2020-05-07..2020-05-09": 1}


def test_the_ends_of_the_calendar() -> None:
    assert keys({date.min: 1, date.max: 2}) == {"0001-01": 1, "9999-12": 2}
    assert keys({date.max: 2}, most=1) == {"9999-12-31": 2}


@given(DAYS)
def test_every_day_is_in_one_bucket_and_buckets_are_in_order(days: dict[date, int]) -> None:
    buckets = made(days)
    for bucket in buckets:
        assert bucket.pictures == sum(count for day, count in days.items() if holds(bucket, day)) > 0
        last = bucket.span.stop.at.toordinal() if bucket.span.stop else date.max.toordinal() + 1
        assert bucket.pictures <= 50 or last - bucket.span.start.at.toordinal() == 1
    assert sum(bucket.pictures for bucket in buckets) == sum(days.values())
    starts = [bucket.span.start.at for bucket in buckets]
    stops = [bucket.span.stop.at for bucket in buckets if bucket.span.stop]
    assert starts == sorted(starts)
    assert all(stop <= start for stop, start in zip(stops, starts[1:], strict=False))


@given(DAYS, DAYS)
def test_a_month_is_divided_as_if_there_were_no_other(days: dict[date, int], others: dict[date, int]) -> None:
    months = {(day.year, day.month) for day in days}
    rest = {day: count for day, count in others.items() if (day.year, day.month) not in months}
    assert keys(days).items() <= keys(days | rest).items()
