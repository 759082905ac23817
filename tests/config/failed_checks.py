"""Checks of the settings that fail."""

from __future__ import annotations

from django.core.checks import run_checks

OTHER_KEY = "T3RoZXItZm9yLXRoZS1jaGVjay1vbmx5LWFiY2RlZmc="
KEY = "1:Zm9yLXRoZS1jaGVjay1vbmx5LTMyLWJ5dGVzLWxvbmc="


def ids() -> list[str | None]:
    # Django's own, of every model, are none of ours.
    errors = run_checks(app_configs=[])
    found = [error for error in errors if str(error.id).startswith("shopiq.")]
    assert all(error.hint for error in found)
    return [error.id for error in found]
