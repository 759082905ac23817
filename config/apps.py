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

        from config.admin import checks as admin_checks  # noqa: F401 - registers itself
        from config.admin.permissions import install_groups
        from config.checks import addresses, environment, secrets, services  # noqa: F401 - registers itself
        from config.db import checks as database_checks  # noqa: F401 - registers itself
        from config.db.canaries import install_canaries
        from config.db.functions import install_after_migrate
        from config.jobs import (  # noqa: F401 - registers itself
            chains,
            heartbeat,
            measures,
            partitions,
            retention,
            service_levels,
        )
        from config.monitoring import doctor  # noqa: F401 - registers itself
        from config.monitoring.errors import report_errors
        from config.monitoring.tracing import start_tracing

        # What each app registers.
        autodiscover_modules(
            *("backoffice", "chains", "doctor", "grants", "health", "jobs", "metrics"),
            *("mail_attachments", "service_levels", "staff_permissions", "stores"),
        )

        # The last app with models, so that all tables exist; once per `migrate`.
        last = [app for app in apps.get_app_configs() if app.models_module][-1]
        post_migrate.connect(install_after_migrate, sender=last)
        post_migrate.connect(install_groups, sender=last)
        post_migrate.connect(install_canaries, sender=apps.get_app_config("encryption"))

        report_errors()
        start_tracing()

        # Queue messages only wake the worker, and results of tasks are not stored. Their admin
        # pages, registered by the library by now, could run any function.
        for model in (Failure, OrmQ, Schedule, Success):
            admin.site.unregister(model)


class StaffAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "config.admin.site.StaffSite"

    def ready(self) -> None:
        from config.admin.labels import spell_labels
        from config.pages.form_messages import reword_form_errors

        # Before the last line imports the first forms, those of the admin.
        reword_form_errors()
        spell_labels()
        super().ready()
