from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "Partners and keys"

    def ready(self) -> None:
        from accounts import receivers, request_log

        receivers.listen()
        request_log.listen()
