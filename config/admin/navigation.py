"""The staff navigation: registered pages and the lists of models, by section."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

from config.admin.pages import registered_pages
from config.admin.sections import SECTIONS_OF_APPS, Section


@dataclass(frozen=True, slots=True)
class Link:
    title: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The links of a section; `is_open` if one of them is the current page."""

    title: str
    links: tuple[Link, ...]
    is_open: bool


def read_navigation(request: HttpRequest) -> list[Group]:
    """Return what the person's permissions allow: pages as registered, then lists by name.

    A `ModelAdmin` can name its `section`, or set `is_in_navigation` to False.
    """
    found: dict[str, list[Link]] = defaultdict(list)
    for section, title, address in (*_pages(request), *_lists(request)):
        found[section].append(Link(title, address, request.path.startswith(address)))
    return [
        Group(section, tuple(found[section]), any(link.is_current for link in found[section]))
        for section in Section
        if found[section]
    ]


def _pages(request: HttpRequest) -> Iterable[tuple[str, str, str]]:
    return [
        (page.section, page.title, reverse(f"admin:{page.name}"))
        for page in registered_pages()
        if page.is_in_navigation and request.user.has_perm(page.permission)
    ]


def _lists(request: HttpRequest) -> Iterable[tuple[str, str, str]]:
    lists = [
        (_section_of(page), capfirst(str(page.opts.verbose_name_plural)), _address_of(page))
        for page in _registered()
        if getattr(page, "is_in_navigation", True) and page.has_view_permission(request)
    ]
    return sorted(lists, key=lambda row: row[1])


def _registered() -> Iterator[admin.ModelAdmin[Any]]:
    for model in apps.get_models():
        with suppress(NotRegistered):
            yield admin.site.get_model_admin(model)


def _section_of(page: admin.ModelAdmin[Any]) -> Section:
    default = SECTIONS_OF_APPS.get(page.opts.app_label, Section.SYSTEM)
    section: Section = getattr(page, "section", default)
    return section


def _address_of(page: admin.ModelAdmin[Any]) -> str:
    return reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
