"""Admin pages for API keys. Neither the secret nor its hash is shown."""

from __future__ import annotations

from datetime import datetime

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts.models import AllowedNetwork, ApiKey
from accounts.services.keys import revoke_key
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, actor_of, confirm


class KeyColumns:
    @admin.display(description="Status")
    def state(self, key: ApiKey) -> str:
        return str(key.state.label)

    @admin.display(description="Last used at", ordering="use__at")
    def last_used(self, key: ApiKey) -> datetime | None:
        return key.last_used_at


class AllowedNetworkInline(ReadOnlyInline):
    model = AllowedNetwork
    fields = readonly_fields = ("network", "note", "created_at")


@admin.register(ApiKey)
class ApiKeyAdmin(KeyColumns, ReadOnlyAdmin):
    list_display = ("__str__", "partner", "environment", "state", "last_used", "created_at")
    list_filter = ("environment", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("partner", "replaced_by", "use")
    search_fields = ("id__exact", "last_four__exact", "partner__name", "partner__id__exact")
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
        "expires_at",
        "revoked_at",
        "last_used",
        "created_at",
    )
    inlines = (AllowedNetworkInline,)
    actions = ("revoke",)

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
