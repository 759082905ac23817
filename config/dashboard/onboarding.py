"""What a partner should do next: the first steps until they are done, then what needs a hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import Permission
from config.dashboard.overview import Overview

_FIRST_CALL = "#first-call"
_FEW_DAYS = 7
_MANY_ERRORS_PERCENT = 10
#: A few refusals among a handful of calls are somebody trying things out.
_CALLS_THAT_TELL = 20

Can = Callable[[Permission], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps; `address` is where the member may take it, else empty."""

    title: str
    text: str
    is_done: bool
    address: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """The one thing that is worth doing now."""

    text: str
    address: str
    label: str


def first_steps(overview: Overview, can: Can) -> list[Step]:
    """All of them in order; empty once all are done."""
    steps = [*_steps_in_test_mode(overview, can), *_steps_to_live(overview, can)]
    return [] if all(step.is_done for step in steps) else steps


def next_step(steps: list[Step]) -> Step | None:
    """The first that is open."""
    return next((step for step in steps if not step.is_done), None)


def next_action(overview: Overview, can: Can) -> Action | None:
    """What is most urgent for a partner whose first steps are done and who may do it."""
    return _buy(overview, can) or _look_at_webhooks(overview, can) or _look_at_errors(overview, can)


def _steps_in_test_mode(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        Step(
            "Make a test key",
            "It works at once and costs nothing.",
            done.has_test_key,
            address=reverse("key-new") if can(Permission.MANAGE_TEST_KEYS) else "",
            label="Make a key",
        ),
        Step(
            "Make a test call",
            "Paste the key into the call at the foot of this page.",
            done.has_test_call,
            address=_FIRST_CALL,
            label="See the call",
        ),
    ]


def _steps_to_live(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        Step(
            "Buy points",
            "Live images are paid from them.",
            done.has_points,
            address=reverse("points") if can(Permission.BUY) else "",
            label="See packages",
        ),
        Step(
            "Approval for live calls",
            "ShopIQ staff approve each partner once; your contact there can tell you more.",
            done.is_approved,
        ),
        Step(
            "Make a live key",
            "It can be made once live calls are approved.",
            done.has_live_key,
            address=reverse("key-new") if done.is_approved and can(Permission.MANAGE_KEYS) else "",
            label="Make a key",
        ),
        Step(
            "Make a live call",
            "The same call with the live key.",
            done.has_live_call,
            address=_FIRST_CALL if done.has_live_key else "",
            label="See the call",
        ),
    ]


def _buy(overview: Overview, can: Can) -> Action | None:
    if not can(Permission.BUY):
        return None
    if not overview.balance.points:
        return Action("No points are left: live calls answer 402.", reverse("points"), "Buy points")
    if overview.runway_days is not None and overview.runway_days < _FEW_DAYS:
        text = f"At the current pace the points last {overview.runway_text}."
        return Action(text, reverse("points"), "Buy points")
    return None


def _look_at_webhooks(overview: Overview, can: Can) -> Action | None:
    number = overview.webhooks.failed_today
    if not (number and can(Permission.SEE_CALLS)):
        return None
    events = "webhook was" if number == 1 else "webhooks were"
    return Action(
        f"{number} {events} given up in the last 24 hours.", reverse("webhooks"), "See deliveries"
    )


def _look_at_errors(overview: Overview, can: Can) -> Action | None:
    calls = overview.calls_total
    is_much = calls.total >= _CALLS_THAT_TELL and calls.error_percent >= _MANY_ERRORS_PERCENT
    if not (is_much and can(Permission.SEE_CALLS)):
        return None
    text = f"{calls.error_percent:.0f}% of the calls of the last 30 days were not answered well."
    return Action(text, reverse("request-errors"), "See errors")
