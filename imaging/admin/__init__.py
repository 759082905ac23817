"""Admin pages for image operations; importing a module registers its pages."""

from imaging.admin import acts, costs, operations

__all__ = ["acts", "costs", "operations"]
