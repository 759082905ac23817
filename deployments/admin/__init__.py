"""Admin pages for websites and deployments; importing a module registers its pages."""

from deployments.admin import acts, shops

__all__ = ["acts", "shops"]
