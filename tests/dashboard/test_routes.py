"""Properties of the URL configuration."""

from __future__ import annotations

import re

from accounts.permissions import Permission
from tests.dashboard.pages import SHARED, all_pages, partner_pages, personal_pages

#: Under /dashboard/, yet of a person: who is signed in may open them, whatever the partner.
PERSONAL = {"choose-partner", "create-partner", "security", "security-history", "security-not-me"}
#: They ask for the password or passkey again when that was long ago. Live and management keys do
#: so by themselves, where the view has seen which key it is.
SENSITIVE = {
    "invite-member",
    "key-network-remove",
    "key-new-management",
    "key-revoke",
    "key-tighten",
    "key-whitelist",
    "leave-partner",
    "member",
    "remove-member",
    "rename-partner",
    "resend-invitation",
    "second-factor-rule",
    "webhook-default",
    "webhook-secret",
    "webhook-url",
    "withdraw-invitation",
}
#: A viewer changes nothing but own emails, and everybody may go.
OPEN_TO_ALL = {"alerts", "leave-partner"}


def test_every_dashboard_page_declares_a_permission() -> None:
    without = {page.name for page in personal_pages() if page.route.startswith("/dashboard/")}

    assert without == PERSONAL


def test_exactly_the_sensitive_pages_require_reauthentication() -> None:
    assert {page.name for page in partner_pages() if page.reauthenticates} == SENSITIVE


def test_every_url_parameter_is_known() -> None:
    unknown = {
        f"{page.name}: {name}"
        for page in all_pages()
        for name in page.parameters
        if name not in SHARED and not page.row(name)
    }

    assert unknown == set()


def test_every_page_has_a_unique_url_name() -> None:
    names = [page.name for page in all_pages()]

    assert sorted(names) == sorted(set(names))


def test_urls_end_in_a_slash_or_a_file_extension() -> None:
    odd = [
        page.route
        for page in all_pages()
        if not re.search(r"(/|\.csv|\.pdf|\.jsonl?)$", page.route)
    ]

    assert odd == []


def test_viewers_cannot_change_anything() -> None:
    open_to_all = {
        page.name
        for page in partner_pages()
        if page.permission is Permission.SEE and "POST" in page.methods
    }

    assert open_to_all == OPEN_TO_ALL
