"""What attempts mean, and how long to wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.inbox_contract import Denied
from federation.outbound.errors import Refused, Unreachable
from federation.outbound.models import Answer
from federation.outbox.answers import LONGEST_SECONDS, Fate, asked, backoff, of_answer, of_error

PASSING = (401, 408, 425, 429)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_it_arrived(status: int) -> None:
    assert of_answer(Answer(status)).fate is Fate.DELIVERED


@pytest.mark.parametrize("status", [404, 410])
def test_the_inbox_is_gone(status: int) -> None:
    assert of_answer(Answer(status)).fate is Fate.GONE


@pytest.mark.parametrize("status", PASSING)
def test_some_refusals_pass(status: int) -> None:
    assert of_answer(Answer(status)).fate in (Fate.LATER, Fate.HOST_LATER)


@given(st.integers(400, 499).filter(lambda status: status not in (*PASSING, 404, 410, 421, 423)))
def test_other_refusals_are_final(status: int) -> None:
    assert of_answer(Answer(status, 5.0)).fate is Fate.REFUSED


@given(st.one_of(st.integers(300, 399), st.integers(500, 599)))
def test_redirects_and_faults_of_the_server_pass(status: int) -> None:
    assert of_answer(Answer(status)).fate in (Fate.LATER, Fate.HOST_LATER)


def test_whoever_names_a_time_speaks_for_the_host() -> None:
    verdict = of_answer(Answer(500, 120.0))
    assert (verdict.fate, verdict.after) == (Fate.HOST_LATER, 120.0)


def test_errors() -> None:
    assert of_error(Unreachable("away")).fate is Fate.HOST_LATER
    assert of_error(Refused("not there")).fate is Fate.REFUSED
    assert of_error(Denied(403, "no")).fate is Fate.REFUSED
    assert of_error(TimeoutError()).fate is Fate.HOST_LATER
    assert of_error(RuntimeError("odd")).fate is Fate.LATER


@given(st.text(st.characters(), max_size=1000))
def test_what_is_kept_of_an_answer_is_a_short_line(detail: str) -> None:
    error = of_answer(Answer(500, detail=detail)).error
    assert len(error) <= 300
    assert error.isprintable()
    assert error.encode()


@given(st.integers(1, 10_000))
def test_waits_grow_fourfold_up_to_half_a_day(failures: int) -> None:
    exact = min(15 * 4 ** min(failures - 1, 20), LONGEST_SECONDS)
    assert 0.8 * exact <= backoff(failures) <= 1.2 * exact


@given(st.floats(allow_nan=False))
def test_what_hosts_ask_for_is_bounded(seconds: float) -> None:
    assert 1.0 <= asked(seconds) <= LONGEST_SECONDS
