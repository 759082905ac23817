"""The stylesheets of pages and of the administration, put together from those in `static/css`."""

from __future__ import annotations

import re
from pathlib import Path

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
#: The administration, the documentation and the pages for visitors have stylesheets of their own.
_OTHERS = ("admin", "reports", "chat", "docs", "front", "reference")


class JoinedStylesFinder(JoinedFinder):
    left_out = re.compile(r"/\*.*?\*/|^\s+", re.DOTALL | re.MULTILINE)


class StylesFinder(JoinedStylesFinder):
    """The one stylesheet of all pages."""

    name = "css/pages.css"

    def parts(self) -> list[Path]:
        folder = Path(settings.BASE_DIR, "static", "css")
        others = sorted(file for file in folder.glob("*.css") if not file.stem.startswith(_OTHERS))
        first, last = ([folder / f"{name}.css" for name in names] for names in (_FIRST, _LAST))
        return [*first, *(file for file in others if file not in [*first, *last]), *last]


class DocumentationStylesFinder(JoinedStylesFinder):
    """The one stylesheet of the documentation, a third of that of all pages."""

    name = "css/documentation.css"

    def parts(self) -> list[Path]:
        folder = Path(settings.BASE_DIR, "static", "css")
        names = ("tokens", "elements", "languages", "parts", "tables", "forms", "print", "docs")
        return [folder / f"{name}.css" for name in names]


class VisitorStylesFinder(JoinedStylesFinder):
    """The one stylesheet of the front page and the status page."""

    name = "css/visitors.css"

    def parts(self) -> list[Path]:
        folder = Path(settings.BASE_DIR, "static", "css")
        names = ("tokens", "elements", "languages", "parts", "forms", "print", "front")
        return [folder / f"{name}.css" for name in names]


class ReferenceStylesFinder(JoinedStylesFinder):
    """Ours of the API reference."""

    name = "css/api-reference.css"

    def parts(self) -> list[Path]:
        folder = Path(settings.BASE_DIR, "static", "css")
        return [folder / f"{name}.css" for name in ("tokens", "languages", "reference")]


class StaffStylesFinder(JoinedStylesFinder):
    """Ours of all pages of the administration."""

    name = "css/staff.css"

    def parts(self) -> list[Path]:
        folder = Path(settings.BASE_DIR, "static", "css")
        names = ("tokens", "admin", "admin-shell", "admin-pages", "admin-forms")
        return [folder / f"{name}.css" for name in names]


class StaffBaseFinder(JoinedStylesFinder):
    """Django's own of all pages of the administration, beside which their addresses hold."""

    name = "admin/css/staff-base.css"

    def parts(self) -> list[Path]:
        names = ("base", "dark_mode")
        return [Path(str(finders.find(f"admin/css/{name}.css"))) for name in names]
