"""Every error code of the API is declared together with its help."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.models import RequestLog
from config.api.error_codes import ErrorCode, error_codes
from tests.accounts.request_logs import LOGS, add, shown
from tests.factories import partner_with_keys
from tests.users import browser_of, create_user

CODES = pytest.mark.parametrize("code", error_codes(), ids=str)


@CODES
def test_a_code_has_help_with_a_working_link(code: ErrorCode) -> None:
    assert code.meaning.endswith(".")
    assert code.fix.endswith(".")
    assert bool(code.page) == bool(code.link)
    if code.page:
        assert reverse(code.page)


def test_each_app_declares_its_codes() -> None:
    codes = {str(code) for code in error_codes()}
    assert {
        "route_not_found",
        "invalid_api_key",
        "not_connected",
        "website_exists",
        "insufficient_points",
    } <= codes


def test_the_documentation_lists_exactly_the_declared_codes() -> None:
    text = (settings.BASE_DIR / "docs/api-additions.md").read_text()
    section = text.partition("## Error codes")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert rows == sorted(f"| `{code}` | {code.meaning} | {code.fix} |" for code in error_codes())


def test_a_code_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="route_not_found"):
        ErrorCode("route_not_found", "Something else.", "Do something else.")


def test_the_log_can_be_filtered_by_every_code(db: None) -> None:
    made = partner_with_keys()
    developer = browser_of(create_user(made.partner, "developer"))
    add(made, status=404, code="account_not_found", message="Account not found.")
    page = shown(developer, "?status=account_not_found", LOGS)
    assert "Account not found." in page
    assert all(f'<option value="{code}"' in page for code in error_codes())


def test_a_code_of_an_earlier_version_is_shown_without_help(db: None) -> None:
    made = partner_with_keys()
    add(made, status=400, code="long_gone", message="Not any more.")
    developer = browser_of(create_user(made.partner, "developer"))
    row = RequestLog.objects.get(code="long_gone")
    assert "long_gone" in shown(developer, path=f"{LOGS}{row.pk}/")
