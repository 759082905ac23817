"""Admin pages for integrations and webhooks; importing a module registers its pages."""

from integrations.admin import acts, registry, webhooks

__all__ = ["acts", "registry", "webhooks"]
