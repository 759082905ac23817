"""Base classes and helpers for the admin pages of every app."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse

from config.admin.acts import acts_of
from config.admin.change_lists import FilteredLists
from config.admin.columns import datetime_column

__all__ = [
    "ReadOnly",
    "ReadOnlyAdmin",
    "ReadOnlyInline",
    "TableInline",
    "actor_of",
    "confirm",
    "datetime_column",
    "posted_when_confirmed",
]


class ReadOnly:
    """Disables adding, changing and deleting: only services write these rows."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(FilteredLists, ReadOnly, admin.ModelAdmin[Any]):
    """A read-only list and detail page."""

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, unquote(object_id))
        context = {"acts": acts_of(request, row) if row else [], **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


class TableInline(admin.TabularInline[Any, Any]):
    template = "admin/parts/inline_table.html"


class ReadOnlyInline(ReadOnly, TableInline):
    extra = 0
    can_delete = False


def confirm(
    page: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    *,
    action: str,
    question: str,
    consequence: str,
    button: str,
    form: Form | None = None,
) -> TemplateResponse | None:
    """Return a confirmation page for `action` on `rows`; None once it is confirmed.

    The page shows `form`, which has to be valid then. Bind it with `posted_when_confirmed`.
    """
    if request.POST.get("confirmed") and (form is None or form.is_valid()):
        return None
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": question,
        "consequence": consequence,
        "button": button,
        "form": form,
        "rows": rows,
        "action": action,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/confirm_action.html", context)


def posted_when_confirmed(request: HttpRequest) -> QueryDict | None:
    """Return the posted data of a confirmation page; None when an action was only chosen."""
    return request.POST if request.POST.get("confirmed") else None


def actor_of(request: HttpRequest) -> str:
    """Return the actor for audit entries: the email address."""
    return request.user.get_username()
