from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "integrations"
    verbose_name = "Integrations"

    def ready(self) -> None:
        from django_q.signals import post_spawn

        from integrations.dispatcher import start_in_worker

        post_spawn.connect(start_in_worker, dispatch_uid="webhooks")
