"""Lists of the admin, whose filters can be edited in the address."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.db import DataError
from django.http import HttpRequest

#: What Django and psycopg raise on values that a column cannot be compared with.
_INVALID = (IncorrectLookupParameters, ValueError, TypeError, OverflowError, DataError)


class FilteredChangeList(ChangeList):
    """Show the whole list with a message where the database cannot apply a filter.

    The admin takes any look-up of a model's fields from the address, such as `created_at__year`.
    """

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        try:
            super().__init__(request, *args)
        except _INVALID as error:
            if ERROR_FLAG in request.GET or not request.GET:
                raise
            messages.warning(request, "This filter is not valid. The list shows everything.")
            raise IncorrectLookupParameters from error


class FilteredLists:
    """A mixin for `ModelAdmin`."""

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return FilteredChangeList
