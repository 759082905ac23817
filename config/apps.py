from django.apps import AppConfig, apps
from django.contrib import admin
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "ShopIQ"

    def ready(self) -> None:
        from django_q.models import Failure, OrmQ, Schedule, Success

        from config import checks  # noqa: F401
        from config.db import checks as database_checks  # noqa: F401
        from config.db.functions import install_after_migrate
        from config.jobs import heartbeat, retention  # noqa: F401

        # Each app's background work and readiness probes.
        autodiscover_modules("health", "jobs")

        # The last app with models, so that every table is there; once for each `migrate`.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(install_after_migrate, sender=last)

        # Queue messages only wake the worker: nothing to see, and their pages could run any
        # function. Their library has registered them by now, because it is listed earlier.
        for model in (Failure, OrmQ, Schedule, Success):
            admin.site.unregister(model)


class StaffAdminConfig(admin_apps.AdminConfig):
    """The administration, with the sign-in of the dashboard."""

    default = False
    default_site = "config.admin.site.StaffSite"

    def ready(self) -> None:
        from config.pages.form_messages import reword_form_errors

        # Before the first form is imported, as the administration's are in the next line.
        reword_form_errors()
        super().ready()
