"""Columns of the lists of the admin, wide and on a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst

from config.admin.columns import column_of_field

CHECKBOX = "action_checkbox"


def name_of(column: str | Callable[..., Any]) -> str:
    return column if isinstance(column, str) else column.__name__


if TYPE_CHECKING:
    _Base = admin.ModelAdmin[Any]
else:
    _Base = object


class ListColumns(_Base):
    """A mixin for `ModelAdmin`: cells of all lists have one form, and a phone shows the main ones.

    Cells of a foreign key are links, those of a time and of an id have the form of all lists.
    """

    #: Columns of the two lines of a row on a phone: left and right of the first, then the second.
    phone: ClassVar[tuple[str, ...]] = ()
    #: Foreign keys that columns with code of their own read.
    also_named: ClassVar[tuple[str, ...]] = ()

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Give cells of foreign keys, times and ids the form of all lists."""
        names = super().get_list_display(request)
        return [self._column(name, request) or name for name in names]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        """Link the first column and, if a phone leaves it out, one that a phone shows."""
        links = super().get_list_display_links(request, list_display)
        columns = {name_of(column): column for column in list_display}
        if not links or not self.phone or next(iter(columns)) in self.phone:
            return links
        plain = [
            name
            for name in self.phone
            if name in columns and not isinstance(self._field(name), models.ForeignKey)
        ]
        plain.sort(key=self.is_number)
        return [*links, columns[plain[0]]]

    def _column(self, name: Any, request: HttpRequest) -> Callable[[Any], Any] | None:
        field = self._field(name)
        site = self.admin_site
        return column_of_field(field, request, site) if field else None

    def _field(self, name: Any) -> models.Field[Any, Any] | None:
        if not isinstance(name, str) or hasattr(type(self), name):
            return None
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return None
        return field if isinstance(field, models.Field) else None

    def is_number(self, name: str) -> bool:
        if isinstance(field := self._field(name), models.IntegerField):
            return not field.choices
        return bool(getattr(getattr(self, name, None), "is_number", False))

    @property
    def named_relations(self) -> list[str]:
        """Return the foreign keys that cells name."""
        fields = (self._field(name) for name in self.list_display)
        names = [field.name for field in fields if isinstance(field, models.ForeignKey)]
        return [*names, *self.also_named]

    @property
    def phone_labels(self) -> dict[str, str]:
        """Return what a phone, without the header, writes before a bare number or a yes and no."""
        fields = {name_of(column): self._field(column) for column in self.list_display}
        return {
            name: capfirst(str(field.verbose_name))
            for name, field in fields.items()
            if isinstance(field, models.IntegerField | models.BooleanField) and not field.choices
        }

    def prepare_rows(self, rows: list[Any]) -> None:
        """Read what columns with code of their own need of a page of rows, in a few queries."""
