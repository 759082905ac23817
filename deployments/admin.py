"""Admin pages for websites, deployments and takedowns."""

from __future__ import annotations

from django.contrib import admin

from config.admin.options import ReadOnlyAdmin, ReadOnlyInline, datetime_column
from deployments.models import Deployment, Takedown, Website


class DeploymentInline(ReadOnlyInline):
    model = Deployment
    fields = readonly_fields = ("id", "state", "created", "ended", "error", "notice")
    created = datetime_column("created_at", "Requested")
    ended = datetime_column("ended_at", "Ended")


@admin.register(Website)
class WebsiteAdmin(ReadOnlyAdmin):
    list_display = ("identifier", "partner", "account", "created")
    list_select_related = ("partner", "account")
    search_fields = ("identifier__exact", "account__id__exact", "partner__id__exact")
    search_help_text = "Search by identifier, account ID or partner ID."
    ordering = ("-id",)
    fields = list_display
    inlines = (DeploymentInline,)
    created = datetime_column("created_at", "Created")


@admin.register(Deployment)
class DeploymentAdmin(ReadOnlyAdmin):
    list_display = ("id", "partner", "website", "state", "created", "ended", "error")
    list_filter = ("state",)
    list_select_related = ("partner", "website")
    search_fields = ("id__exact", "website__identifier__exact", "partner__id__exact")
    search_help_text = "Search by identifier, deployment ID or partner ID."
    ordering = ("-id",)
    fields = (
        *list_display,
        "brand_name",
        "categories",
        "logo_url",
        "notice",
        "attempts",
        "building",
        "generated",
        "leased",
    )
    created = datetime_column("created_at", "Requested")
    building = datetime_column("building_at", "Building")
    generated = datetime_column("generated_at", "Generated")
    ended = datetime_column("ended_at", "Ended")
    leased = datetime_column("lease_until", "Leased until")


@admin.register(Takedown)
class TakedownAdmin(ReadOnlyAdmin):
    list_display = ("identifier", "due", "attempts")
    ordering = ("due_at",)
    fields = list_display
    due = datetime_column("due_at", "Next attempt")
