from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "ShopIQ"

    def ready(self) -> None:
        from config import checks  # noqa: F401


class StaffAdminConfig(admin_apps.AdminConfig):
    """The administration, with our way in."""

    default = False
    default_site = "config.staff.StaffSite"
