"""All pages of the platform, found in the URL configuration."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.permissions import Permission
from tests.seed import Side

#: Not pages: the API, the administration, files and answers for machines.
_OTHERS = (
    "api/",
    "partner/",
    "admin/",
    "sites/",
    "media/",
    "payments/",
    ".well-known/",
    "healthz",
    "readyz",
    "livez",
    "statusz",
    "metrics",
    "chat",
    "language/",
    "docs/<slug:name>.md",
    "docs/api/postman.json",
    "docs/changelog.rss",
    "docs/search.json",
    "llms.txt",
    "robots.txt",
    "sitemap.xml",
)
#: Pages for everyone that are only read.
_READ_ONLY = {"docs", "docs-page", "home", "language", "status"}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")
#: What a parameter of an address names: a row of `Side.rows`. Where several pages mean different
#: rows by one name, "page.parameter".
ROWS = {
    "account_id": "account",
    "delivery_id": "webhook",
    "deployment_id": "deployment",
    "entry_id": "network",
    "invitation_id": "invitation",
    "invoice_id": "invoice",
    "key_id": "key",
    "link_id": "link",
    "operation_id": "operation",
    "purchase_id": "purchase",
    "receiver_id": "receiver",
    "statement_id": "statement",
    "reference": "sandbox_reference",
    "member.pk": "member",
    "remove-member.pk": "member",
    "request.pk": "request",
    "mfa_edit_webauthn.pk": "passkey",
    "mfa_remove_webauthn.pk": "passkey",
}
#: Parameters that name nothing of a partner's.
SHARED = {
    "name": "errors",
    "package": "pack_5000",
    "uidb36": "1",
    "key": "0" * 24,
    "token": "0" * 43,
    "then": "app",
    "kind": "networks",
}


@dataclass(frozen=True)
class Page:
    """One URL pattern, with `permission`, `methods` and `reauthenticate` of its view."""

    name: str
    route: str
    view: Callable[..., Any]
    parameters: tuple[str, ...]

    @property
    def permission(self) -> Permission | None:
        """None if the page does not belong to a partner."""
        return getattr(self.view, "permission", None)

    @property
    def methods(self) -> tuple[str, ...]:
        others = ("GET", "HEAD") if self.name in _READ_ONLY else ("GET", "HEAD", "POST")
        return getattr(self.view, "methods", others)

    @property
    def reauthenticates(self) -> bool:
        return getattr(self.view, "reauthenticate", False)

    @property
    def is_only_sent_to(self) -> bool:
        return "GET" not in self.methods

    @property
    def reads_query(self) -> bool:
        """Return whether the page uses its query string; documents do not."""
        return not self.route.endswith((".pdf", ".json", ".jsonl"))

    @property
    def names_rows(self) -> tuple[str, ...]:
        """The parameters that name a row of a partner."""
        return tuple(name for name in self.parameters if name not in SHARED)

    def path(self, side: Side, **values: str) -> str:
        """Return the URL for the side's own rows; `values` override parameters."""
        return self.path_of({**self.own_values(side), **values})

    def own_values(self, side: Side) -> dict[str, str]:
        return {name: SHARED.get(name) or side.rows[self.row(name)] for name in self.parameters}

    def row(self, parameter: str) -> str:
        """Return the kind of row that a parameter identifies, "" if it is not declared."""
        return ROWS.get(f"{self.name}.{parameter}") or ROWS.get(parameter, "")

    def path_of(self, values: dict[str, str]) -> str:
        def fill(found: re.Match[str]) -> str:
            return quote(values[found[1] or found[2]], safe="")

        return _PARAMETER.sub(fill, self.route)


def all_pages() -> list[Page]:
    pages = [_page(pattern, route) for pattern, route in _walk(get_resolver().url_patterns, "")]
    return [page for page in pages if page.name and not page.route[1:].startswith(_OTHERS)]


def partner_pages() -> list[Page]:
    """Return the pages whose view is a `partner_view`."""
    return [page for page in all_pages() if page.permission]


def personal_pages() -> list[Page]:
    """Return the sign-in pages and those that belong to a user rather than to a partner."""
    return [page for page in all_pages() if not page.permission]


def name_of(page: Page) -> str:
    """Return the test id of a page."""
    return page.name


def readable(pages: list[Page]) -> list[Page]:
    return [page for page in pages if not page.is_only_sent_to]


def _page(pattern: URLPattern, route: str) -> Page:
    parameters = tuple(one or other for one, other in _PARAMETER.findall(route))
    return Page(pattern.name or "", route, pattern.callback, parameters)


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[URLPattern, str]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, route)
        else:
            yield entry, "/" + re.sub(r"[\^$]|\\Z", "", route)
