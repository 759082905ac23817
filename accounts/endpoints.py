"""Endpoints of the public API, collected from the URL configuration and its views.

They are read at first use: the URL configuration imports every view, and models import this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

#: Stands for the part of a path that identifies a row.
ID = "{id}"
_OPTIONAL = ("result_page", "example", "costs_points", "needs_permission")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One view of the API; `accounts.api.views.PartnerApiView` explains the attributes. Pages show
    the labels in the language of their reader."""

    name: str
    label: StrOrPromise
    environments: tuple[str, ...]
    method: str
    path: str
    result_page: str = ""
    result_label: StrOrPromise = ""
    example: str | None = None
    costs_points: bool = False
    needs_permission: bool = True

    @property
    def pattern(self) -> str:
        """A regular expression for its paths that Python and PostgreSQL both understand."""
        return f"^{re.escape(self.path).replace(re.escape(ID), '[^/]+')}/?$"


@cache
def all_endpoints() -> tuple[Endpoint, ...]:
    """Return all endpoints in the order of the URL configuration."""
    return read_endpoints(get_resolver().url_patterns)


def endpoints_for(environment: str) -> list[Endpoint]:
    """Return the endpoints that keys of this environment can be allowed to call."""
    return [
        endpoint
        for endpoint in all_endpoints()
        if environment in endpoint.environments and endpoint.needs_permission
    ]


def permissions_for(environment: str) -> frozenset[str]:
    """Return the permissions that keys of this environment can have."""
    return frozenset(endpoint.name for endpoint in endpoints_for(environment))


def get_endpoint(name: str) -> Endpoint:
    """Raise `KeyError` for an unknown name."""
    for endpoint in all_endpoints():
        if endpoint.name == name:
            return endpoint
    raise KeyError(name)


@lru_cache(maxsize=1024)
def find_endpoint(path: str) -> Endpoint | None:
    """Find by path only, so that a call with a wrong method is attributed, too."""
    return next((endpoint for pattern, endpoint in _compiled() if pattern.match(path)), None)


@cache
def _compiled() -> list[tuple[re.Pattern[str], Endpoint]]:
    return [(re.compile(endpoint.pattern), endpoint) for endpoint in all_endpoints()]


def row_path_pattern() -> str:
    """Return a regular expression for paths ending in an id; its group is the rest."""
    parents = [each.path.removesuffix(f"/{ID}") for each in all_endpoints() if ID in each.path]
    return f"^({'|'.join(map(re.escape, parents))})/[^/]+$"


def read_endpoints(patterns: Iterable[Any]) -> tuple[Endpoint, ...]:
    """Raise `ImproperlyConfigured` for an incomplete declaration or a duplicate name."""
    found: dict[str, Endpoint] = {}
    for route, callback in api_views(patterns):
        endpoint = _read_view(_path_of(route), callback.cls)
        if endpoint.name in found:
            raise ImproperlyConfigured(f"Two views claim the endpoint {endpoint.name!r}.")
        found[endpoint.name] = endpoint
    return tuple(found.values())


def api_views(patterns: Iterable[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the route and the callback of each endpoint, in the order of the URLs."""
    for entry in patterns:
        route = prefix + entry.pattern.regex.pattern
        if isinstance(entry, URLResolver):
            yield from api_views(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if hasattr(view, "environments"):
                yield route, entry.callback


def _path_of(route: str) -> str:
    template, names = normalize(route)[0]
    return f"/{template}" % dict.fromkeys(names, ID)


def _read_view(path: str, view: Any) -> Endpoint:
    methods = [name.upper() for name in view.http_method_names if hasattr(view, name)]
    missing = [name for name in ("endpoint", "label") if not getattr(view, name, "")]
    if missing or len(methods) != 1:
        wrong = f"declares no {missing[0]}" if missing else "must have exactly one method"
        raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} {wrong}.")
    return Endpoint(
        name=view.endpoint,
        label=gettext_lazy(view.label),
        environments=tuple(view.environments),
        method=methods[0],
        path=path,
        result_label=_translated(getattr(view, "result_label", "")),
        **{name: getattr(view, name) for name in _OPTIONAL if hasattr(view, name)},
    )


def _translated(label: str) -> StrOrPromise:
    """The translation of an empty text would be the header of the catalogue."""
    return gettext_lazy(label) if label else ""
