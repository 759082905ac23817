"""Staff pages that combine several apps; what one app knows it registers itself."""

from config.backoffice import attention, search

__all__ = ["attention", "search"]
