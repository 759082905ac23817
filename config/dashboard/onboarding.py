"""The partner's next steps: onboarding first, then whatever needs attention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse

from accounts.permissions import Permission
from config.dashboard.overview import Overview

_FIRST_CALL = "#first-call"
_FEW_DAYS = 7
_MANY_ERRORS_PERCENT = 10
#: Fewer errors than this are probably someone trying out the API.
_ENOUGH_CALLS = 20

Can = Callable[[Permission], bool]


@dataclass(frozen=True, slots=True)
class Step:
    """`address` is the page of the step, empty if the member lacks the permission."""

    title: str
    text: str
    is_done: bool
    address: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """The most urgent recommendation."""

    text: str
    address: str
    label: str


def first_steps(overview: Overview, can: Can) -> list[Step]:
    """Return all steps in order, or none once all are done."""
    steps = [*_steps_in_test_mode(overview, can), *_steps_to_live(overview, can)]
    return [] if all(step.is_done for step in steps) else steps


def next_step(steps: list[Step]) -> Step | None:
    return next((step for step in steps if not step.is_done), None)


def next_action(overview: Overview, can: Can) -> Action | None:
    """Return the most urgent action that the member has permission for."""
    return (
        _buy_points(overview, can) or _check_webhooks(overview, can) or _check_errors(overview, can)
    )


def _steps_in_test_mode(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        Step(
            "Create a test key",
            "It works immediately and costs nothing.",
            done.has_test_key,
            address=reverse("key-new") if can(Permission.MANAGE_TEST_KEYS) else "",
            label="Create key",
        ),
        Step(
            "Send a test request",
            "Use the key in the example at the bottom of this page.",
            done.has_test_call,
            address=_FIRST_CALL,
            label="View example",
        ),
    ]


def _steps_to_live(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        Step(
            "Buy points",
            "Live images cost points.",
            done.has_points,
            address=reverse("points") if can(Permission.BUY) else "",
            label="View packages",
        ),
        Step(
            "Get live access",
            "ShopIQ approves each company once.",
            done.is_approved,
            address=reverse("live-access") if can(Permission.MANAGE_KEYS) else "",
            label="Request live access",
        ),
        Step(
            "Create a live key",
            "Available once you have live access.",
            done.has_live_key,
            address=reverse("key-new") if done.is_approved and can(Permission.MANAGE_KEYS) else "",
            label="Create key",
        ),
        Step(
            "Send a live request",
            "Send the same request with the live key.",
            done.has_live_call,
            address=_FIRST_CALL if done.has_live_key else "",
            label="View example",
        ),
    ]


def _buy_points(overview: Overview, can: Can) -> Action | None:
    if not can(Permission.BUY):
        return None
    if not overview.balance.points:
        return Action(
            "You have no points left. Live requests return 402.", reverse("points"), "Buy points"
        )
    if overview.runway_days is not None and overview.runway_days < _FEW_DAYS:
        text = f"At the current rate, your points last {overview.runway_text}."
        return Action(text, reverse("points"), "Buy points")
    return None


def _check_webhooks(overview: Overview, can: Can) -> Action | None:
    number = overview.webhooks.failed_today
    if not (number and can(Permission.SEE_CALLS)):
        return None
    events = "webhook delivery" if number == 1 else "webhook deliveries"
    return Action(
        f"{number} {events} failed in the last 24 hours.", reverse("webhooks"), "View deliveries"
    )


def _check_errors(overview: Overview, can: Can) -> Action | None:
    calls = overview.calls_total
    is_much = calls.total >= _ENOUGH_CALLS and calls.error_percent >= _MANY_ERRORS_PERCENT
    if not (is_much and can(Permission.SEE_CALLS)):
        return None
    text = f"{calls.error_percent:.0f}% of requests failed in the last 30 days."
    return Action(text, reverse("request-errors"), "View errors")
