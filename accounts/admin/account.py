"""Admin pages for accounts, with masked details, and for their auto-login links."""

from __future__ import annotations

import re

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import Account, AutoLoginLink
from accounts.services.auto_login import revoke_link, revoke_links_of
from config.admin.columns import state_cell
from config.admin.filters import Period
from config.admin.masking import mask_email, mask_phone
from config.admin.options import ReadOnlyAdmin, actor_of, confirm
from config.admin.search import ANY, EMAIL, ID, Term
from config.admin.targets import link_targets
from config.db.encryption import report_undecryptable
from config.db.owned import PLATFORM_ID

_UNREADABLE = "cannot be decrypted"
_PHONE = re.compile(r"\+[0-9 ()./-]{4,30}\Z|[0-9][0-9 -]{6,30}\Z")


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Masks email addresses and phone numbers; search needs the complete value."""

    has_test_rows = True
    list_display = ("id", "partner", "masked_email", "masked_phone", "identifier", "created_at")
    period = Period("id", 30)
    partner_ordering = ("-created_at", "-id")
    search_terms = (
        Term("pk", ID),
        Term("partner_id", ID),
        Term("email", EMAIL, lambda rows, term: rows.with_email(term, owner=PLATFORM_ID)),
        Term("phone", _PHONE, lambda rows, term: rows.with_phone(term, owner=PLATFORM_ID)),
        Term("identifier", ANY),
    )
    search_help_text = "ID, identifier, whole email address or phone number"
    ordering = ("-id",)
    fields = (
        "id",
        "partner",
        "masked_email",
        "masked_phone",
        "identifier",
        "created_at",
        "updated_at",
        "links",
    )
    phone = ("masked_email", "created_at", "partner", "identifier")
    actions = ("revoke_links",)

    @admin.display(description="Email")
    def masked_email(self, account: Account) -> str:
        with report_undecryptable():
            return mask_email(account.get_decrypted("email"))
        return _UNREADABLE

    @admin.display(description="Mobile number")
    def masked_phone(self, account: Account) -> str:
        with report_undecryptable():
            return mask_phone(account.country_code, account.get_decrypted("phone"))
        return _UNREADABLE

    @admin.display(description="Auto-login links")
    def links(self, account: Account) -> SafeString:
        page = reverse("admin:accounts_autologinlink_changelist")
        return format_html('<a href="{}?account={}">View</a>', page, account.pk)

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
    has_test_rows = True
    list_display = (
        "id",
        "partner",
        "account",
        "key",
        "state",
        "created_at",
        "expires_at",
        "use_count",
        "last_used_at",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    period = Period("id", 7)
    partner_ordering = ("-created_at", "-id")
    search_terms = (Term("pk", ID), Term("account_id", ID), Term("partner_id", ID))
    search_help_text = "Link ID, account ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "revoked_at")
    phone = ("account", "state", "partner", "created_at")
    actions = ("revoke",)

    @admin.display(description="Status")
    def state(self, link: AutoLoginLink) -> str:
        if link.revoked_at:
            return state_cell("revoked", "Revoked")
        return (
            state_cell("expired", "Expired") if link.is_expired else state_cell("active", "Active")
        )

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


link_targets(
    Account,
    "account.",
    "auto_login.all_revoked",
    "/partner/v1/createAccount",
    "/partner/v1/account",
)
link_targets(AutoLoginLink, "auto_login.")
