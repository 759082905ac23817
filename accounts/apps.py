from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Partners and keys"

    def ready(self) -> None:
        from accounts import checks  # noqa: F401 - registers itself
        from accounts.request_log import writer
        from accounts.services.users import languages_of
        from accounts.sign_in import key_rotation, receivers, second_factors, user_sessions
        from config.mail import send

        autodiscover_modules(
            "alert_kinds", "audit_actions", "error_codes", "finders", "log_database"
        )
        second_factors.extend_allauth()
        user_sessions.extend_allauth()
        key_rotation.register()
        receivers.connect()
        writer.connect()
        send.languages_of = languages_of
