"""Admin pages for websites, deployments and takedowns."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, datetime_column
from config.admin.search import ANY, ID, Term
from config.admin.targets import link_targets
from deployments import states
from deployments.models import Deployment, SiteDomain, Takedown, Website


class DeploymentInline(ReadOnlyInline):
    model = Deployment
    fields = readonly_fields = ("id", "state", "created", "ended", "error", "notice")
    created = datetime_column("created_at", "Requested")
    ended = datetime_column("ended_at", "Ended")


@admin.register(Website)
class WebsiteAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("identifier", "partner", "account", "created_at", "taken_down_at")
    list_filter = (("taken_down_at", admin.EmptyFieldListFilter),)
    period = Period("id", 90)
    partner_ordering = ("-created_at", "-id")
    search_terms = (
        Term("pk", ID),
        Term("account_id", ID),
        Term("partner_id", ID),
        Term("identifier", ANY),
    )
    search_help_text = "Identifier, account ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "taken_down_by", "takedown_reason")
    inlines = (DeploymentInline,)
    phone = ("identifier", "created_at", "partner", "account")


def _of_site(rows: QuerySet[Any], identifier: str) -> QuerySet[Any]:
    sites = Website.objects.of_all().filter(identifier=identifier)
    return rows.filter(website__in=list(sites.values_list("pk", flat=True)))


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("id", "partner", "website", "state", "created_at", "ended_at", "error")
    list_filter = ("state",)
    period = Period(
        "id",
        30,
        open_states=tuple(("state__exact", state) for state in states.RUNNING),
    )
    partner_ordering = ("-created_at", "-id")
    search_terms = (
        Term("pk", ID),
        Term("website_id", ID),
        Term("partner_id", ID),
        Term("website", ANY, _of_site),
    )
    search_help_text = "Identifier, deployment ID or partner ID"
    ordering = ("-id",)
    phone = ("website", "state", "partner", "created_at")
    fields = (
        *list_display,
        "reason",
        "brand_name",
        "categories",
        "logo_url",
        "notice",
        "attempts",
        "building_at",
        "generated_at",
        "lease_until",
    )


@admin.register(Takedown)
class TakedownAdmin(ReadOnlyAdmin):
    has_test_rows = True
    list_display = ("identifier", "partner", "due_at", "until", "attempts")
    search_terms = (Term("pk", ANY),)
    search_help_text = "Identifier"
    ordering = ("due_at",)
    fields = list_display
    phone = ("identifier", "due_at", "partner", "attempts")


@admin.register(SiteDomain)
class SiteDomainAdmin(ReadOnlyAdmin):
    list_display = ("name", "partner", "website", "proven_at", "checked_at", "error")
    period = Period("id", 90)
    partner_ordering = ("-id",)
    search_terms = (
        Term("pk", ID),
        Term("website_id", ID),
        Term("partner_id", ID),
        Term("website", ANY, _of_site),
    )
    search_help_text = "Identifier, domain ID or partner ID"
    ordering = ("-id",)
    fields = (*list_display, "check_at", "checks")
    phone = ("name", "proven_at", "partner", "website")


link_targets(Deployment, "deployment.", "/partner/v1/createAndDeploy")
