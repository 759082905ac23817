"""The filter of the admin's lists by partner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from config.admin.columns import may_view

PARTNER_PARAMETERS = frozenset({"partner", "partner__id__exact", "partner_id"})
_ANY_PARTNER = "Any partner"


class _PartnerSelect(AutocompleteSelect):
    """Says what no choice means; Django leaves the placeholder empty."""

    without = _ANY_PARTNER

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> Any:
        attrs = super().build_attrs(base_attrs, extra_attrs)
        return {**attrs, "data-placeholder": self.without}

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **options: Any) -> Any:
        label = label if value else self.without
        return super().create_option(name, value, label, *args, **options)


def partner_widget(field: Any, site: admin.AdminSite, without: str = _ANY_PARTNER) -> Any:
    """Build the field in which a partner's name is typed; `without` is shown before a choice."""
    widget = _PartnerSelect(field, site)
    widget.without = without
    return widget


class PartnerFilter(admin.ListFilter):
    """Choose a partner by typing its name."""

    title = "partner"
    template = "admin/filters/partner.html"

    def __init__(
        self, request: HttpRequest, params: dict[str, Any], model: type[Model], page: Any
    ) -> None:
        super().__init__(request, params, model, page)
        for name in self.expected_parameters():
            if name in params:
                self.used_parameters["partner"] = params.pop(name)[-1]
        self.field: Any = model._meta.get_field("partner")
        self.site = page.admin_site
        self.given = {name: str(value) for name, value in request.GET.items()}

    def has_output(self) -> bool:
        """Return whether this member of staff may look partners up."""
        return may_view(self.site, self.field.related_model, self.request)

    def expected_parameters(self) -> list[str | None]:
        return [*PARTNER_PARAMETERS]

    @property
    def value(self) -> str:
        return str(self.used_parameters.get("partner", ""))

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        yield {
            "selected": not self.value,
            "query_string": changelist.get_query_string(remove=["partner"]),
            "display": _ANY_PARTNER,
        }

    def widget(self) -> str:
        """Render the field, with the chosen partner's name."""
        field = forms.ModelChoiceField(
            self.field.related_model._default_manager.all(),
            required=False,
            widget=partner_widget(self.field, self.site),
        )
        attributes = {"id": "filter-partner", "aria-label": "Partner"}
        return str(field.widget.render("partner", self.value or None, attributes))

    def other_parameters(self) -> list[tuple[str, str]]:
        dropped = {*self.expected_parameters(), "p", "e"}
        return [(name, value) for name, value in self.given.items() if name not in dropped]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(partner_id=self.value) if self.value else queryset
