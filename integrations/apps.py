from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from django.utils.module_loading import autodiscover_modules
        from django_q.signals import post_spawn

        from integrations.dispatcher import start_in_worker
        from integrations.services import alerts

        autodiscover_modules("webhook_events")
        alerts.connect()
        post_spawn.connect(start_in_worker, dispatch_uid="webhooks")
