"""Admin pages for accounts, with masked details, and for their auto-login links."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Account, AutoLoginLink
from accounts.services.auto_login import revoke_link, revoke_links_of
from config.admin.options import ReadOnlyAdmin, actor_of, confirm, datetime_column
from config.db.encryption import report_undecryptable

_UNREADABLE = "cannot be decrypted"


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Masks email addresses and phone numbers; search needs the complete value."""

    list_display = ("id", "masked_email", "masked_phone", "partner", "identifier", "created")
    list_select_related = ("partner",)
    search_fields = ("id__exact", "identifier__exact", "partner__id__exact")
    search_help_text = "Search by ID, identifier, full email address or full phone number."
    ordering = ("-id",)
    fields = (*list_display, "updated", "links")
    actions = ("revoke_links",)
    created = datetime_column("created_at", "Created")
    updated = datetime_column("updated_at", "Updated")

    @admin.display(description="Email")
    def masked_email(self, account: Account) -> str:
        with report_undecryptable():
            name, _, domain = account.get_decrypted("email").rpartition("@")
            return f"{name[:1]}•••@{domain}"
        return _UNREADABLE

    @admin.display(description="Mobile number")
    def masked_phone(self, account: Account) -> str:
        with report_undecryptable():
            return f"+{account.country_code} •••{account.get_decrypted('phone')[-2:]}"
        return _UNREADABLE

    @admin.display(description="Auto-login links")
    def links(self, account: Account) -> SafeString:
        page = reverse("admin:accounts_autologinlink_changelist")
        count = account.auto_login_links.count()
        return format_html('<a href="{}?account={}">{} created</a>', page, account.pk, count)

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Account], term: str
    ) -> tuple[QuerySet[Account], bool]:
        """Match email addresses and phone numbers by their hashes."""
        if "@" in term:
            return rows & Account.objects.of_all().with_email(term), False
        if term.startswith("+"):
            return rows & Account.objects.of_all().with_phone(term), False
        return super().get_search_results(request, rows, term)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_autologinlink")

    @admin.action(description="Revoke all auto-login links", permissions=["revoke"])
    def revoke_links(
        self, request: HttpRequest, accounts: QuerySet[Account]
    ) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            accounts,
            action="revoke_links",
            question="Revoke all auto-login links of these accounts?",
            consequence="All existing links stop working immediately.",
            button="Revoke links",
        ):
            return page
        revoked = sum(
            revoke_links_of(account=account, actor=actor_of(request))
            for account in accounts.select_related("partner")
        )
        messages.success(request, f"{revoked} links revoked.")
        return None


@admin.register(AutoLoginLink)
class AutoLoginLinkAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "account",
        "partner",
        "key",
        "state",
        "created",
        "expires",
        "use_count",
        "last_used",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account", "partner", "key")
    search_fields = ("id__exact", "account__id__exact", "partner__id__exact")
    ordering = ("-id",)
    fields = (*list_display, "revoked")
    actions = ("revoke",)
    created = datetime_column("created_at", "Created")
    expires = datetime_column("expires_at", "Expires")
    last_used = datetime_column("last_used_at", "Last used")
    revoked = datetime_column("revoked_at", "Revoked")

    @admin.display(description="Status")
    def state(self, link: AutoLoginLink) -> str:
        if link.revoked_at:
            return "Revoked"
        return "Expired" if link.is_expired else "Active"

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.change_autologinlink")

    @admin.action(description="Revoke selected links", permissions=["revoke"])
    def revoke(
        self, request: HttpRequest, links: QuerySet[AutoLoginLink]
    ) -> TemplateResponse | None:
        if page := confirm(
            self,
            request,
            links,
            action="revoke",
            question="Revoke these links?",
            consequence="They stop working immediately. This cannot be undone.",
            button="Revoke links",
        ):
            return page
        for link in links.select_related("partner"):
            revoke_link(link=link, actor=actor_of(request))
        messages.success(request, "Links revoked. Their accounts need new links.")
        return None
