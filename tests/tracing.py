"""Coverage looks at what is done for the first time: to be looked at makes Python slower by more than half.

Fixtures are set up thousands of times, and laws are tried on hundreds of examples: after the first few of them, no line
is reached that was not reached before.
"""

from __future__ import annotations

import functools
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest

# How many examples of a law are looked at, and how often a fixture is in each process.
EXAMPLES = 60
SETUPS = 8
_set_up: Counter[tuple[str, str, str]] = Counter()


@contextmanager
def _traced(by: Any) -> Iterator[None]:
    """`by` is the tracer of this thread for the time of a block, None for nobody."""
    before = sys.gettrace()
    sys.settrace(by)
    try:
        yield
    finally:
        sys.settrace(before)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody looks at a fixture that was set up often."""
    fixture = (fixturedef.baseid, fixturedef.argname, repr(getattr(request, "param", None)))
    _set_up[fixture] += 1
    with _traced(sys.gettrace() if _set_up[fixture] <= SETUPS else None):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Of a law, the first examples are looked at, and never how they are made."""
    tracer = sys.gettrace()
    if tracer is None or not hypothesis.is_hypothesis_test(pyfuncitem.obj):
        return (yield)
    law = pyfuncitem.obj.hypothesis
    untouched = law.inner_test
    law.inner_test = _looked_at(untouched, tracer)
    try:
        with _traced(None):
            return (yield)
    finally:
        law.inner_test = untouched


def _looked_at(law: Callable[..., Any], tracer: Any) -> Callable[..., Any]:
    left = iter(range(EXAMPLES))

    @functools.wraps(law)
    def tried(*args: Any, **keywords: Any) -> Any:
        with _traced(None if next(left, None) is None else tracer):
            return law(*args, **keywords)

    return tried
