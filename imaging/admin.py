"""Admin pages for image operations."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from billing.templatetags.points import points
from config.admin.options import ReadOnlyAdmin, datetime_column
from imaging.image_urls import image_source
from imaging.models import ImageOperation


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
        "state",
        "partner",
        "key",
        "action",
        "mode",
        "aspect_ratio",
        "resolution",
        "cost",
        "processing_ms",
        "created",
    )
    list_filter = (TestModeFilter, "action", "failure")
    list_select_related = ("partner", "key", "charge")
    search_fields = ("id__exact", "partner__id__exact", "key__id__exact")
    ordering = ("-id",)
    fields = (*list_display, "requested_mode", "failure", "charge", "images")
    created = datetime_column("created_at", "Created")

    @admin.display(description="Status")
    def state(self, operation: ImageOperation) -> str:
        return operation.charge.get_state_display() if operation.charge else "Test"

    @admin.display(description="Net points")
    def cost(self, operation: ImageOperation) -> str:
        return points(operation.charge.net_cost) if operation.charge else "–"

    @admin.display(description="Images")
    def images(self, operation: ImageOperation) -> str:
        """Show thumbnails of images served by this installation and links to others."""
        if not operation.image_urls:
            return "–"
        return format_html_join(" ", "{}", ((_link(url),) for url in operation.image_urls))


def _link(url: str) -> SafeString:
    if not url.startswith(f"{settings.PUBLIC_URL}{settings.MEDIA_URL}"):
        return format_html('<a href="{}" rel="noreferrer">{}</a>', url, url)
    source = image_source(url)
    return format_html(
        '<a href="{}"><img class="thumbnail" src="{}" alt="Image" loading="lazy"></a>', url, source
    )
