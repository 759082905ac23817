"""What the app registers in the back-office; importing a module registers it."""

from billing.backoffice import attention, finders, partner_page

__all__ = ["attention", "finders", "partner_page"]
