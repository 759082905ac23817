"""Lists of the admin: their filters in the address, their rows, and their cost at any size."""

from __future__ import annotations

from functools import cached_property
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG, ORDER_VAR, ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.paginator import InvalidPage, Paginator
from django.db import DataError, models
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest
from django.utils.text import capfirst

from config.admin.attention_filter import AttentionFilter, has_rows
from config.admin.filters import ModeFilter, Period, PeriodFilter
from config.admin.hidden_terms import is_hidden, reveal_term
from config.admin.inputs import TimeInput
from config.admin.list_columns import CHECKBOX, ListColumns, name_of
from config.admin.paginator import BoundedPaginator
from config.admin.partner_filter import PARTNER_PARAMETERS, PartnerFilter, partner_widget
from config.admin.search import Term, search
from config.db.replica import reading_from_replica

#: What Django and psycopg raise on values that a column cannot be compared with.
_INVALID = (IncorrectLookupParameters, ValueError, TypeError, OverflowError, DataError)


class FilteredChangeList(ChangeList):
    """Show the whole list with a message where the database cannot apply a filter.

    The admin takes any look-up of a model's fields from the address, such as `created_at__year`.
    """

    model_admin: FilteredLists
    #: Whether rows follow the last page, and whether this page is behind it.
    has_more = is_beyond = has_expired_term = False

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        try:
            super().__init__(request, *args)
        except _INVALID as error:
            if ERROR_FLAG in request.GET or not request.GET:
                raise
            messages.warning(request, "This filter is not valid. The list shows everything.")
            raise IncorrectLookupParameters from error
        self.title = capfirst(str(self.opts.verbose_name_plural))
        if self.has_expired_term:
            messages.info(request, "This search has expired. Enter the term again.")

    def get_queryset(self, request: HttpRequest, *args: Any, **options: Any) -> QuerySet[Any]:
        """Search for the term that a form has posted."""
        if is_hidden(self.query):
            self.query = reveal_term(request, self.query)
            self.has_expired_term = not self.query
        return super().get_queryset(request, *args, **options)

    def get_results(self, request: HttpRequest) -> None:
        """Read a page and, in one query each, the rows that its cells name."""
        with reading_from_replica():
            self._read_results(request)

    def _read_results(self, request: HttpRequest) -> None:
        paginator: Any = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        try:
            rows = list(paginator.page(self.page_num).object_list)
        except InvalidPage:
            self.is_beyond, self.page_num = True, paginator.num_pages
            rows = list(paginator.page(self.page_num).object_list)
        self.result_count, self.full_result_count = paginator.count, None
        self.show_full_result_count, self.show_admin_actions = False, bool(rows)
        self.has_more = paginator.has_more
        self.can_show_all, self.multi_page = False, paginator.num_pages > 1
        self.result_list, self.paginator = rows, paginator
        prefetch_related_objects(rows, *self.model_admin.named_relations)
        self.model_admin.prepare_rows(rows)

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Sort the rows of one partner as the index of its rows does."""
        self.params.pop(ORDER_VAR, None)  # no column is sortable
        by_partner = self.model_admin.partner_ordering
        if by_partner and not PARTNER_PARAMETERS.isdisjoint(self.params):
            return list(by_partner)
        return list(super().get_ordering(request, queryset))

    @cached_property
    def cell_classes(self) -> dict[str, str]:
        """Return the CSS classes of cells by column: numbers, and their places on a phone."""
        page = self.model_admin
        classes: dict[str, str] = {}
        for index, column in enumerate(self.list_display):
            name = column if isinstance(column, str) else column.__name__
            places = page.phone or [name_of(each) for each in self.list_display if each != CHECKBOX]
            found = [f"phone-{places.index(name) + 1}"] if name in places[:4] else ["phone-none"]
            if name == CHECKBOX:
                found = []
            if page.is_number(name):
                found.append("number")
            classes[name] = classes[str(index)] = " ".join(found)
        return classes


class FilteredLists(ListColumns):
    """A mixin for `ModelAdmin`: lists that are fast on tables of any size."""

    paginator: ClassVar[type[Paginator[Any]]] = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # Sorting by a column without an index would read the whole table.
    sortable_by: ClassVar[Any] = ()
    formfield_overrides: ClassVar[Any] = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": TimeInput}
    }
    #: The time by which the list is bounded; None for a table that stays small.
    period: ClassVar[Period | None] = None
    #: Kinds of search terms, the likeliest first.
    search_terms: ClassVar[tuple[Term, ...]] = ()
    #: The order of one partner's rows, by an index of the model.
    partner_ordering: ClassVar[tuple[str, ...]] = ()
    #: Whether test keys of the management API make such rows; the list offers to show them.
    has_test_rows: ClassVar[bool] = False

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[ChangeList]:
        return FilteredChangeList

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        bounds: list[Any] = [PeriodFilter] if self.period else []
        owner: list[Any] = [ModeFilter, PartnerFilter] if self._field("partner") else []
        needs: list[Any] = [AttentionFilter] if has_rows(self.model) else []
        return [*bounds, *owner, *needs, *super().get_list_filter(request)]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Write yes and no where a page only shows a row."""
        fields = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return [
            self._column(name, request)
            if isinstance(self._field(name), models.BooleanField)
            else name
            for name in fields
        ]

    def get_search_fields(self, request: HttpRequest) -> Any:
        """Show the search box where there are terms."""
        given = super().get_search_fields(request)
        return given or [term.lookup for term in self.search_terms]

    def get_search_results(
        self, request: HttpRequest, rows: QuerySet[Any], term: str
    ) -> tuple[QuerySet[Any], bool]:
        if not (self.search_terms and term.strip()):
            found, duplicates = super().get_search_results(request, rows, term)
            return found, duplicates
        return search(rows, self.search_terms, term.strip()), False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Name a page by what it shows, and end a form with one button."""
        name = str(self.opts.verbose_name)
        context = {
            "title": capfirst(name) if object_id else f"Add {name}",
            "show_save_and_add_another": False,
            "show_save_and_continue": False,
        }
        given = {**context, **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, given)

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **options: Any
    ) -> Any:
        """Leave out the buttons that add, change and open what a form chooses from."""
        field: Any = super().formfield_for_dbfield(db_field, request, **options)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    @property
    def media(self) -> Any:
        """Add the scripts of the partner's filter."""
        given = super().media
        field = self._field("partner")
        return given + partner_widget(field, self.admin_site).media if field else given
