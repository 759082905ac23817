from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Partners and keys"

    def ready(self) -> None:
        from accounts import (  # noqa: F401
            checks,
            key_rotation,
            receivers,
            request_log,
            second_factors,
            user_sessions,
        )

        autodiscover_modules("audit_actions", "error_codes")
        second_factors.extend_allauth()
        user_sessions.extend_allauth()
        key_rotation.register()
        receivers.connect()
        request_log.connect()
