from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "ShopIQ"

    def ready(self) -> None:
        from django_q.models import Failure, OrmQ, Schedule, Success

        from config import checks  # noqa: F401
        from config.jobs import heartbeat, retention  # noqa: F401

        # Each app's background work and readiness probes.
        autodiscover_modules("health", "jobs")

        # Queue messages only wake the worker: nothing to see, and their pages could run any
        # function. Their library has registered them by now, because it is listed earlier.
        for model in (Failure, OrmQ, Schedule, Success):
            admin.site.unregister(model)


class StaffAdminConfig(admin_apps.AdminConfig):
    """The administration, with the sign-in of the dashboard."""

    default = False
    default_site = "config.admin.site.StaffSite"
