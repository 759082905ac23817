"""The endpoints of the public API, as the URL table and the views in it declare them.

Read at first use: the table imports every view, and models import this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.regex_helper import normalize

#: What stands for the part of a path that names one row.
ID = "{id}"
_OPTIONAL = ("result_page", "result_label", "example", "costs_points")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One view of the API; `accounts.api.views.PartnerApiView` says what the attributes mean."""

    name: str
    label: str
    environments: tuple[str, ...]
    method: str
    path: str
    result_page: str = ""
    result_label: str = ""
    example: str | None = None
    costs_points: bool = False

    @property
    def pattern(self) -> str:
        """Its paths, as a regular expression that Python and PostgreSQL read alike."""
        return f"^{re.escape(self.path).replace(re.escape(ID), '[^/]+')}/?$"


@cache
def all_endpoints() -> tuple[Endpoint, ...]:
    """In the order of the URL table."""
    return read_endpoints(get_resolver().url_patterns)


def endpoints_for(environment: str) -> list[Endpoint]:
    """What keys of this environment may be allowed to call."""
    return [endpoint for endpoint in all_endpoints() if environment in endpoint.environments]


def permissions_for(environment: str) -> frozenset[str]:
    """The names of these endpoints."""
    return frozenset(endpoint.name for endpoint in endpoints_for(environment))


def endpoint_named(name: str) -> Endpoint:
    """Raises `KeyError`."""
    for endpoint in all_endpoints():
        if endpoint.name == name:
            return endpoint
    raise KeyError(name)


def endpoint_at(path: str) -> Endpoint | None:
    """By path alone, so that a call with a wrong method has its endpoint too."""
    return next((endpoint for pattern, endpoint in _compiled() if pattern.match(path)), None)


@cache
def _compiled() -> list[tuple[re.Pattern[str], Endpoint]]:
    return [(re.compile(endpoint.pattern), endpoint) for endpoint in all_endpoints()]


def row_path_pattern() -> str:
    """Paths that end with the id of a row; its group is what stands before the id."""
    parents = [each.path.removesuffix(f"/{ID}") for each in all_endpoints() if ID in each.path]
    return f"^({'|'.join(map(re.escape, parents))})/[^/]+$"


def read_endpoints(patterns: Iterable[Any]) -> tuple[Endpoint, ...]:
    """Raises `ImproperlyConfigured` for an incomplete declaration or a name taken twice."""
    found: dict[str, Endpoint] = {}
    for path, view in _api_views(patterns, ""):
        endpoint = _read_view(path, view)
        if endpoint.name in found:
            raise ImproperlyConfigured(f"Two views claim the endpoint {endpoint.name!r}.")
        found[endpoint.name] = endpoint
    return tuple(found.values())


def _api_views(patterns: Iterable[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        route = prefix + entry.pattern.regex.pattern
        if isinstance(entry, URLResolver):
            yield from _api_views(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            view = getattr(entry.callback, "cls", None)
            if hasattr(view, "environments"):
                yield _path_of(route), view


def _path_of(route: str) -> str:
    template, names = normalize(route)[0]
    return f"/{template}" % dict.fromkeys(names, ID)


def _read_view(path: str, view: Any) -> Endpoint:
    methods = [name.upper() for name in view.http_method_names if hasattr(view, name)]
    missing = [name for name in ("endpoint", "label") if not getattr(view, name, "")]
    if missing or len(methods) != 1:
        wrong = f"declares no {missing[0]}" if missing else "must answer to one method"
        raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} {wrong}.")
    return Endpoint(
        name=view.endpoint,
        label=view.label,
        environments=tuple(view.environments),
        method=methods[0],
        path=path,
        **{name: getattr(view, name) for name in _OPTIONAL if hasattr(view, name)},
    )
