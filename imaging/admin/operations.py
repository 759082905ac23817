"""Admin pages for image operations."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.models import ApiKey
from billing.templatetags.points import points
from config.admin.columns import duration_text, number_column, state_cell
from config.admin.filters import Period
from config.admin.options import ReadOnlyAdmin
from config.admin.search import ID, Term, owned_by
from config.admin.targets import link_targets
from imaging.image_urls import image_source
from imaging.models import ImageOperation, ImageTakedown


class TestModeFilter(admin.SimpleListFilter):
    """Filters live and test operations; a test operation has no charge."""

    title = "key type"
    parameter_name = "test"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("0", "Live"), ("1", "Test")]

    def queryset(
        self, request: HttpRequest, rows: QuerySet[ImageOperation]
    ) -> QuerySet[ImageOperation]:
        if self.value() not in ("0", "1"):
            return rows
        return rows.filter(charge__isnull=self.value() == "1")


@admin.register(ImageOperation)
class ImageOperationAdmin(ReadOnlyAdmin):
    list_display = (
        "id",
        "partner",
        "key",
        "action",
        "size",
        "cost",
        "took",
        "state",
        "created_at",
    )
    list_filter = (TestModeFilter, "action", "mode", "failure")
    also_named = ("charge",)
    period = Period("id", 7)
    partner_ordering = ("-created_at", "-id")
    search_terms = (Term("pk", ID), Term("partner_id", ID), owned_by("key", ApiKey))
    search_help_text = "Operation ID, partner ID or key ID"
    ordering = ("-id",)
    fields = (
        "images",
        *list_display,
        "mode",
        "requested_mode",
        "aspect_ratio",
        "resolution",
        "failure",
        "charge",
    )
    phone = ("partner", "cost", "action", "state")
    took = number_column("processing_ms", "Duration", duration_text)

    @admin.display(description="Status")
    def state(self, operation: ImageOperation) -> str:
        if not operation.charge:
            return state_cell("test", "Test")
        state, label = operation.charge.state, operation.charge.get_state_display()
        return (
            state_cell("failed", operation.get_failure_display())
            if operation.failure
            else state_cell(state, label)
        )

    @admin.display(description="Image")
    def size(self, operation: ImageOperation) -> str:
        return f"{operation.mode}, {operation.aspect_ratio}, {operation.resolution}"

    @admin.display(description="Net points")
    def cost(self, operation: ImageOperation) -> str:
        return points(operation.charge.net_cost) if operation.charge else "–"

    cost.is_number = True  # type: ignore[attr-defined]

    @admin.display(description="Images")
    def images(self, operation: ImageOperation) -> str:
        """Show thumbnails of images served by this installation and links to others."""
        if not operation.image_urls:
            return "–"
        return format_html_join(" ", "{}", ((_link(url),) for url in operation.image_urls))


@admin.register(ImageTakedown)
class ImageTakedownAdmin(ReadOnlyAdmin):
    list_display = ("taken_down_at", "partner", "operation", "reason", "restored_at")
    list_filter = (("restored_at", admin.EmptyFieldListFilter),)
    search_terms = (Term("pk", ID), Term("partner_id", ID), Term("operation_id", ID))
    search_help_text = "Takedown ID, partner ID or operation ID"
    period = Period("id", 90)
    partner_ordering = ("-id",)
    ordering = ("-id",)
    fields = (
        "partner",
        "operation",
        "reason",
        "taken_down_at",
        "taken_down_by",
        "restored_at",
        "restored_by",
        "is_done",
    )
    phone = ("partner", "taken_down_at", "operation", "reason")


def _link(url: str) -> SafeString:
    if not url.startswith(("https://", "http://")):
        return format_html("{}", url)
    if not url.startswith(f"{settings.PUBLIC_URL}{settings.MEDIA_URL}"):
        return format_html('<a href="{}" rel="noreferrer">{}</a>', url, url)
    source = image_source(url)
    return format_html(
        '<a href="{}"><img class="thumbnail" src="{}" alt="Image" loading="lazy"></a>', url, source
    )


link_targets(ImageOperation, "/partner/v1/image/")
