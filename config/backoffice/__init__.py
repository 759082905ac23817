"""Staff pages that combine several apps; what one app knows it registers itself."""

from config.backoffice import attention, margin, search

__all__ = ["attention", "margin", "search"]
