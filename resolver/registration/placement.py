"""Which backend a newcomer goes to: gates that no strategy opens, then the strategy. Pure functions."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from resolver.preferences.models import Preferences
from resolver.registration.models import Candidate, Reason, Trial, Verdict


def judge(candidates: Sequence[Candidate], rules: Preferences) -> list[Verdict]:
    """The load of each backend by the strategy, and what stands against each."""
    picture_weight, byte_weight = _average(candidates)
    return [
        Verdict(candidate, _load(candidate, rules, picture_weight, byte_weight), _refusals(candidate, rules))
        for candidate in candidates
    ]


def choose(
    candidates: Sequence[Candidate], rules: Preferences, *, last: int, but: Collection[int] = ()
) -> Candidate | None:
    """Where the next newcomer goes; None where no backend may take one.

    `last` is the id of the backend that took the one before, for the strategy that goes round; backends in `but` have
    just failed.
    """
    open_ones = [
        verdict for verdict in judge(candidates, rules) if not verdict.refused and verdict.candidate.id not in but
    ]
    if not open_ones:
        return None
    if rules.strategy == "round_robin":
        return min(open_ones, key=lambda verdict: (verdict.candidate.id <= last, verdict.candidate.id)).candidate
    return min(open_ones, key=lambda verdict: (verdict.load, verdict.candidate.people, verdict.candidate.id)).candidate


def rehearse(candidates: Sequence[Candidate], rules: Preferences, *, last: int, newcomers: int) -> Trial:
    """Where so many newcomers would go, one after another, if nothing else happened meanwhile."""
    verdicts, order, present = judge(candidates, rules), [], list(candidates)
    for _ in range(newcomers):
        chosen = choose(present, rules, last=last)
        if chosen is None:
            break
        order.append(chosen.origin)
        last = chosen.id
        present[present.index(chosen)] = replace(chosen, people=chosen.people + 1, newcomers=chosen.newcomers + 1)
    return Trial(tuple(order), tuple(verdicts))


def _refusals(candidate: Candidate, rules: Preferences) -> tuple[Reason, ...]:
    """Everything that keeps newcomers from a backend."""
    free = None if candidate.byte_limit is None else candidate.byte_limit - candidate.bytes
    found: list[tuple[bool, Reason]] = [
        (candidate.state != "admitted", "not_admitted"),
        (not candidate.heard, "silent"),
        (not candidate.healthy, "unhealthy"),
        (not candidate.accepting, "not_accepting"),
        (candidate.draining, "draining"),
        (candidate.user_limit is not None and candidate.people >= candidate.user_limit, "full_of_users"),
        (free is not None and (free <= 0 or free < rules.least_free_bytes), "full_of_bytes"),
        (rules.strategy == "fixed" and candidate.origin != rules.fixed_backend, "not_chosen"),
    ]
    return tuple(reason for holds, reason in found if holds)


def _load(candidate: Candidate, rules: Preferences, picture_weight: int, byte_weight: int) -> int:
    if rules.strategy == "least_pictures":
        return candidate.pictures + candidate.newcomers * picture_weight
    if rules.strategy == "least_bytes":
        return candidate.bytes + candidate.newcomers * byte_weight
    return candidate.people


def _average(candidates: Sequence[Candidate]) -> tuple[int, int]:
    """Pictures and bytes of one person, on average over the domain's backends; at least 1.

    Newcomers have brought nothing yet. Counted as nothing, all of them would go where the least is.
    """
    admitted = [candidate for candidate in candidates if candidate.state == "admitted"]
    people = sum(candidate.reported for candidate in admitted)
    if not people:
        return 1, 1
    pictures = sum(candidate.pictures for candidate in admitted) // people
    return max(1, pictures), max(1, sum(candidate.bytes for candidate in admitted) // people)
