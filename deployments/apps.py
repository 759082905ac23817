from django.apps import AppConfig


class DeploymentsConfig(AppConfig):
    name = "deployments"
    verbose_name = "Shops and deployments"

    def ready(self) -> None:
        from deployments import checks, receivers  # noqa: F401 - registers itself
