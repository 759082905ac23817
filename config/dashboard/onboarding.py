"""The first steps of a partner."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext

from accounts.permissions import Permission
from config.dashboard.needs import Can
from config.dashboard.overview import Milestones, Overview

_FIRST_CALL = "#first-call"


@dataclass(frozen=True, slots=True)
class Step:
    """`address` is the page of the step, empty if the member lacks the permission; `waits` is true
    while ShopIQ has to act.
    """

    title: str
    text: str
    is_done: bool
    address: str = ""
    label: str = ""
    waits: bool = False


def first_steps(overview: Overview, can: Can) -> list[Step]:
    """Return all steps in order, or none once all are done."""
    steps = [*_steps_in_test_mode(overview, can), *_steps_to_live(overview, can)]
    return [] if all(step.is_done for step in steps) else steps


def next_step(steps: list[Step]) -> Step | None:
    """Return the first step that the member can take now, else the first that is not done."""
    undone = [step for step in steps if not step.is_done]
    ready = (step for step in undone if step.address and not step.waits)
    return next(ready, undone[0] if undone else None)


def _steps_in_test_mode(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        Step(
            gettext("Create a test key"),
            gettext("It works immediately and costs nothing."),
            done.has_test_key,
            address=reverse("key-new") if can(Permission.MANAGE_TEST_KEYS) else "",
            label=gettext("Create key"),
        ),
        Step(
            gettext("Send a test request"),
            gettext("Use the key in the example below."),
            done.has_test_call,
            address=_FIRST_CALL,
            label=gettext("View example"),
        ),
    ]


def _steps_to_live(overview: Overview, can: Can) -> list[Step]:
    done = overview.milestones
    return [
        # It takes a working day; points are bought meanwhile.
        _approval_step(done, can),
        Step(
            gettext("Buy points"),
            gettext("Live images cost points."),
            done.has_points,
            address=reverse("points") if can(Permission.BUY) else "",
            label=gettext("View packages"),
        ),
        Step(
            gettext("Create a live key"),
            gettext("Available once you have live access."),
            done.has_live_key,
            address=reverse("key-new") if done.is_approved and can(Permission.MANAGE_KEYS) else "",
            label=gettext("Create key"),
        ),
        Step(
            gettext("Send a live request"),
            gettext("Send the same request with the live key."),
            done.has_live_call,
            address=_FIRST_CALL if done.has_live_key else "",
            label=gettext("View example"),
        ),
    ]


def _approval_step(done: Milestones, can: Can) -> Step:
    waits = done.waits_for_approval
    return Step(
        gettext("Get live access"),
        gettext("Your request is waiting for ShopIQ's decision.")
        if waits
        else gettext("ShopIQ approves each company once."),
        done.is_approved,
        address=reverse("live-access") if can(Permission.MANAGE_KEYS) else "",
        label=gettext("View request") if waits else gettext("Request live access"),
        waits=waits,
    )
