"""Admin pages for API keys. Neither the secret nor its hash is shown."""

from __future__ import annotations

import re

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts.models import AllowedNetwork, ApiKey
from accounts.services.keys import revoke_key
from config.admin.columns import state_cell, time_cell
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, confirm
from config.admin.search import ID, Term
from config.admin.targets import link_targets

_LAST_FOUR = re.compile(r"[A-Za-z0-9]{4}\Z")


class KeyColumns:
    @admin.display(description="Status")
    def state(self, key: ApiKey) -> str:
        return state_cell(key.state, str(key.state.label))

    @admin.display(description="Last used")
    def last_used(self, key: ApiKey) -> str:
        return time_cell(key.last_used_at)


class AllowedNetworkInline(ReadOnlyInline):
    model = AllowedNetwork
    fields = readonly_fields = ("network", "note", "created_at")


@admin.register(ApiKey)
class ApiKeyAdmin(KeyColumns, ReadOnlyAdmin):
    list_display = ("masked", "partner", "name", "environment", "state", "last_used", "created_at")
    list_filter = ("environment", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("replaced_by", "use")
    partner_ordering = ("-created_at", "-id")
    search_terms = (Term("pk", ID), Term("last_four", _LAST_FOUR), Term("partner_id", ID))
    search_help_text = "Key ID, last four characters or partner ID"
    phone = ("masked", "state", "partner", "last_used")
    ordering = ("-id",)
    fields = (
        "id",
        "partner",
        "name",
        "environment",
        "last_four",
        "permissions",
        "requests_per_minute",
        "requests_per_day",
        "points_per_day",
        "points_per_month",
        "expires_at",
        "revoked_at",
        "last_used",
        "created_at",
    )
    inlines = (AllowedNetworkInline,)
    actions = ("revoke",)

    @admin.display(description="Key")
    def masked(self, key: ApiKey) -> str:
        return key.masked

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_apikey")

    @admin.action(description="Revoke selected keys", permissions=["revoke"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            keys,
            action="revoke",
            question="Revoke these keys?",
            consequence="They stop working immediately. This cannot be undone.",
            button="Revoke keys",
        ):
            return page
        for key in keys.select_related("partner"):
            revoke_key(key=key, actor=actor_of(request))
        messages.success(request, "Keys revoked. They no longer work.")
        return None


link_targets(ApiKey, "key.", "whitelist.")
