"""What draws the fields of forms: our templates, and Python for what a page has dozens of.

Django renders a template, which includes another one, for each input, two for each option, and two
for the errors of a field that has none. That took a tenth of the time of a list with its filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.forms.utils import flatatt
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString


class FormRenderer(TemplatesSetting):
    """Draws the same elements as Django's templates do, and options on lines of their own."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if draw := _DRAWN.get(template_name):
            return draw(context["widget"])
        if template_name == _ERRORS and not context["errors"]:
            return ""
        return str(super().render(template_name, context, request))


def _draw_input(widget: dict[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    name, attributes = escape(widget["name"]), _draw_attributes(widget["attrs"])
    return f'<input type="{escape(widget["type"])}" name="{name}"{value}{attributes}>'


def _draw_select(widget: dict[str, Any]) -> str:
    groups = "".join(_draw_group(name, choices) for name, choices, _ in widget["optgroups"])
    attributes = _draw_attributes(widget["attrs"])
    return f'<select name="{escape(widget["name"])}"{attributes}>{groups}\n</select>'


def _draw_group(name: Any, choices: Iterable[dict[str, Any]]) -> str:
    options = "\n".join(_draw_option(**choice) for choice in choices)
    if not name:
        return f"\n  {options}"
    return f'\n  <optgroup label="{_text(name)}">\n  {options}\n  </optgroup>'


def _draw_option(value: object, label: Any, attrs: dict[str, Any], **_: object) -> str:
    marks = flatatt(attrs) if attrs else ""
    return f'<option value="{escape(str(value))}"{marks}>{conditional_escape(label)}</option>'


def _draw_attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{_text(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _text(value: Any) -> str:
    return value if isinstance(value, SafeString) else escape(str(value))


_ERRORS = "django/forms/errors/list/default.html"
_INPUTS = ("checkbox", "date", "datetime", "email", "hidden", "number", "password", "text", "url")
_DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {
    "django/forms/widgets/select.html": _draw_select,
    **{f"django/forms/widgets/{name}.html": _draw_input for name in _INPUTS},
}
