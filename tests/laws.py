"""How many examples laws are tried on: a fifth of what they name, and all of it in the profile `soak`.

How long an example takes says nothing about a law.
"""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import HealthCheck, settings

SOAK = "soak"
SHARE = 5
# A law that names no more than this is tried on all that it names.
LEAST = 30
_CHOSEN = "_hypothesis_internal_use_settings"

settings.register_profile(SOAK, settings.get_profile("default"), deadline=None)


def try_fewer(items: list[pytest.Item]) -> None:
    """Let laws have fewer examples, unless `--hypothesis-profile=soak` says otherwise."""
    if settings.get_current_profile_name() == SOAK:
        return
    # Cases of one law share it.
    laws = {law for item in items if hypothesis.is_hypothesis_test(law := getattr(item, "obj", None))}
    for law in laws:
        named: settings = getattr(law, _CHOSEN, None) or settings()
        fewer = max(named.max_examples // SHARE, min(named.max_examples, LEAST))
        slow = (*named.suppress_health_check, HealthCheck.too_slow)
        setattr(law, _CHOSEN, settings(named, max_examples=fewer, deadline=None, suppress_health_check=slow))
