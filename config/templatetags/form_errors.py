"""The errors of a long form, listed at the top of its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import template
from django.forms import BaseForm, BoundField
from django.template.context import Context

register = template.Library()
#: A form with fewer fields is seen whole.
_LONG = 6


class Problem(NamedTuple):
    """An error; `target` is the id of the control that it is about, "" for the whole form."""

    label: str
    text: str
    target: str


@register.inclusion_tag("parts/error_summary.html", takes_context=True)
def error_summary(context: Context) -> dict[str, Any]:
    """List the errors of all forms on the page, if one was submitted and is long or has several."""
    request = context.get("request")
    if request is None or request.method != "POST":
        return {"problems": []}
    values: Iterable[Any] = context.flatten().values()
    forms: dict[int, BaseForm] = {id(value): value for value in values if _is_refused(value)}
    problems = [problem for form in forms.values() for problem in _problems(form)]
    is_long = any(len(form.visible_fields()) >= _LONG for form in forms.values())
    return {"problems": problems if is_long or len(problems) > 1 else []}


def _is_refused(value: Any) -> bool:
    return isinstance(value, BaseForm) and value.is_bound and bool(value.errors)


def _problems(form: BaseForm) -> Iterator[Problem]:
    for text in form.non_field_errors():
        yield Problem("", str(text), "")
    for field in form:
        for text in field.errors:
            yield Problem(str(field.label), str(text), _target(field))


def _target(field: BoundField) -> str:
    """Return the id of the field's control, or of its first one."""
    if field.is_hidden:
        return ""
    return field.id_for_label or f"{field.auto_id}_0"
