"""Admin pages for integrations and webhooks; importing a module registers its pages."""

from integrations.admin import registry, webhooks

__all__ = ["registry", "webhooks"]
