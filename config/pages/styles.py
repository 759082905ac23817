"""The stylesheets of pages and of the administration, put together from those in `static/css`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.contrib.staticfiles import finders

from config.pages.joined import JoinedFinder

#: Come first, in this order; later files can override them.
_FIRST = (
    "tokens",
    "elements",
    "languages",
    "parts",
    "tables",
    "columns",
    "forms",
    "dashboard",
    "points",
    "logs",
    "shell",
)
#: Change what lists and the shell say of rows, and what all say of paper.
_LAST = ("keys", "print")
#: What a file goes on in, in this order.
_CONTINUED = {
    "shell": ("shell-navigation", "shell-main", "shell-busy", "shell-pitch"),
    "lists": (
        "list-filters",
        "list-rows",
        "list-actions",
        "list-phone",
        "list-detail",
        "list-pictures",
    ),
    "docs": ("docs-text", "docs-code", "docs-search", "docs-widths"),
    "front": ("front-prices", "front-status"),
    "admin-shell": ("admin-content",),
    "admin-pages": ("admin-partner", "admin-parts"),
}
#: The administration, the documentation and the pages for visitors have stylesheets of their own.
_OTHERS = ("admin", "reports", "chat", "docs", "front", "reference")


class JoinedStylesFinder(JoinedFinder):
    """Joins files of `static/css`, by their names, each with what it goes on in."""

    left_out = re.compile(r"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)
    names: ClassVar[Sequence[str]] = ()

    def parts(self) -> list[Path]:
        return _files(self.names)


class StylesFinder(JoinedStylesFinder):
    """The one stylesheet of all pages."""

    name = "css/pages.css"

    def parts(self) -> list[Path]:
        placed = {*_FIRST, *_LAST, *chain.from_iterable(_CONTINUED.values())}
        every = sorted(file.stem for file in _folder().glob("*.css"))
        others = (name for name in every if not name.startswith(_OTHERS) and name not in placed)
        return _files([*_FIRST, *others, *_LAST])


class DocumentationStylesFinder(JoinedStylesFinder):
    """The one stylesheet of the documentation, a third of that of all pages."""

    name = "css/documentation.css"
    names = ("tokens", "elements", "languages", "parts", "tables", "forms", "print", "docs")


class VisitorStylesFinder(JoinedStylesFinder):
    """The one stylesheet of the front page and the status page."""

    name = "css/visitors.css"
    names = ("tokens", "elements", "languages", "parts", "forms", "print", "front")


class ReferenceStylesFinder(JoinedStylesFinder):
    """Ours of the API reference."""

    name = "css/api-reference.css"
    names = ("tokens", "languages", "reference")


class StaffStylesFinder(JoinedStylesFinder):
    """Ours of all pages of the administration."""

    name = "css/staff.css"
    names = ("tokens", "admin", "admin-shell", "admin-pages", "admin-forms")


class StaffBaseFinder(JoinedStylesFinder):
    """Django's own of all pages of the administration, beside which their addresses hold."""

    name = "admin/css/staff-base.css"

    def parts(self) -> list[Path]:
        names = ("base", "dark_mode")
        return [Path(str(finders.find(f"admin/css/{name}.css"))) for name in names]


def _files(names: Iterable[str]) -> list[Path]:
    every = chain.from_iterable((name, *_CONTINUED.get(name, ())) for name in names)
    return [_folder() / f"{name}.css" for name in every]


def _folder() -> Path:
    return Path(settings.BASE_DIR, "static", "css")
