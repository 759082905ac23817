from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Partners and keys"

    def ready(self) -> None:
        from accounts import checks, key_rotation, receivers, request_log  # noqa: F401

        autodiscover_modules("audit_actions", "error_codes")
        key_rotation.register()
        receivers.connect()
        request_log.connect()
