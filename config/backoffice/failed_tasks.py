"""Admin page for background tasks that raised: their messages only wake the worker, so that a task
runs again by itself."""

from __future__ import annotations

from django.contrib import admin
from django_q.models import Failure

from config.admin.options import ReadOnlyAdmin
from config.admin.permissions import OPERATIONS, allow
from config.admin.sections import Section

allow(OPERATIONS, "django_q.view_failure")


class FailedTaskAdmin(ReadOnlyAdmin):
    section = Section.SYSTEM
    list_display = ("started", "func", "attempt_count", "stopped", "error")
    search_fields = ("id__exact", "func__exact")
    search_help_text = "Function"
    ordering = ("-stopped",)
    fields = ("id", "func", "args", "started", "stopped", "attempt_count", "result")
    phone = ("func", "started", "error", "attempt_count")

    @admin.display(description="Error")
    def error(self, task: Failure) -> str:
        """Return the last line of the traceback."""
        lines = str(task.result or "").strip().splitlines()
        return lines[-1][:200] if lines else "–"


def register_failed_tasks() -> None:
    """Replace the library's page, which could run any function."""
    admin.site.unregister(Failure)
    admin.site.register(Failure, FailedTaskAdmin)
