"""Serve shops by the Host header, and release archives by signed link."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from django.views.decorators.http import require_safe

from config.pages.middleware import has_refused_body
from deployments.domains import SITE_FILE
from deployments.plain_pages import NO_PAGE, NO_SHOP, TOO_LARGE, plain_page
from deployments.site_urls import PATH_PREFIX, has_path_urls
from deployments.targets.archives import ArchiveStore
from deployments.targets.base import Stage
from deployments.targets.domain_links import DomainLinks
from deployments.targets.files import FOREVER, cache_control_of, content_type_of, is_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]

#: A shop runs only its own scripts. Links may lead anywhere, forms may not.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # Product images are shown by search engines and price comparisons.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: Files up to this size are read as a whole.
_MAX_READ = 256 * 1024
#: A shop's name, and that of a test shop (`deployments.site_urls`).
_LABEL = r"(?P<identifier>[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.test)?)"
_PATH = re.compile(rf"{PATH_PREFIX}{_LABEL}(?P<preview>/preview(?=/|\Z))?(?=/|\Z)", re.ASCII)
#: Attributes of a built page with a path. In its texts, quotes are escaped.
_LINK = re.compile(rb'(\s(?:href|src|action|data-index|data-root))="/(?!/)')
#: One step of a path: no hidden file, no way up, no backslash, no control character.
_SEGMENT = re.compile(r"[^./\\\x00-\x1f\x7f][^/\\\x00-\x1f\x7f]*")
#: `?v=3f9a1c07` identifies a version like a hash in the file name.
_VERSION = re.compile(r"(?:^|&)v=[\w.-]+(?:&|$)", re.ASCII)


class SiteMiddleware:
    """Serves the hosts of shops from the releases below `SITES_ROOT`; passes on the rest.

    Runs before sessions, cookies and everything else that a shop must not share with the
    platform. The platform's own hosts (`PUBLIC_URL`, `ALLOWED_HOSTS`) never count as a shop's.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if settings.DEPLOY_TARGET != "local":
            raise MiddlewareNotUsed("shops are served elsewhere")
        self.get_response = get_response
        # Only for its headers: its redirect accepts no host but the platform's own.
        self._security = SecurityMiddleware(get_response)
        self._root = Path(settings.SITES_ROOT).resolve()
        self._own_hosts = _own_hosts()
        self._domains = DomainLinks(self._root)
        self._path = _PATH if has_path_urls() else None
        self._patterns: list[tuple[Stage, re.Pattern[str]]] = [
            ("production", host_pattern(settings.SITE_PRODUCTION_URL)),
            ("preview", host_pattern(settings.SITE_PREVIEW_URL)),
        ]

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST", "").lower()
        by_path = self._path and self._path.match(request.path_info)
        if by_path and host.partition(":")[0] in self._own_hosts:
            stage: Stage = "preview" if by_path["preview"] else "production"
            return self._serve(request, by_path["identifier"], stage, by_path.group())
        for stage, pattern in self._patterns:
            match = pattern.fullmatch(host)
            if match and match["host"] not in self._own_hosts:
                return self._serve_host(request, match["host"], match["identifier"], stage)
        name = host.partition(":")[0].rstrip(".")
        if name not in self._own_hosts and (identifier := self._domains.find(name)):
            if request.path_info == SITE_FILE:
                return HttpResponse(identifier, content_type="text/plain")
            return self._serve_host(request, name, identifier, "production")
        return self.get_response(request)

    def _serve_host(
        self, request: HttpRequest, host: str, identifier: str, stage: Stage
    ) -> HttpResponseBase:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return HttpResponsePermanentRedirect(f"https://{host}{request.get_full_path()}")
        origin = self._domains.find_origin(identifier) if stage == "production" else ""
        if origin and urlsplit(origin).hostname != host and _is_page_path(request.path_info):
            return _moved(f"{origin}{request.get_full_path()}")
        response = self._serve(request, identifier, stage)
        return self._security.process_response(request, response)  # type: ignore[arg-type] # of any kind

    def _serve(
        self, request: HttpRequest, identifier: str, stage: Stage, prefix: str = ""
    ) -> HttpResponseBase:
        """Serve a path of the shop; `prefix` is what comes before it on the platform's host."""
        path = request.path_info
        if prefix:
            path = f"/{path.removeprefix(prefix).removeprefix('/')}"
        response = self._respond(request, path, self._root / identifier / stage)
        if prefix and isinstance(response, HttpResponse):
            _move_below(response, prefix)
        for name, value in _HEADERS.items():
            response.headers[name] = value
        if stage == "preview":
            response.headers["X-Robots-Tag"] = "noindex"
        if isinstance(response, HttpResponse):
            if response.status_code != HTTPStatus.NOT_MODIFIED:
                response.setdefault("Content-Length", str(len(response.content)))
            if request.method == "HEAD":
                response.content = b""
        return response

    def _respond(self, request: HttpRequest, path: str, link: Path) -> HttpResponseBase:
        if has_refused_body(request):
            return plain_page(TOO_LARGE, 413)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        try:
            # Resolved once per response: the link may change meanwhile.
            return _response_from(link.resolve(strict=True), path, request)
        except FileNotFoundError:
            return plain_page(NO_SHOP)


def _move_below(response: HttpResponse, prefix: str) -> None:
    """Let the links of a page, which begin at the root of a host, begin at the prefix."""
    if response.headers.get("Content-Type", "").startswith("text/html"):
        response.content = _LINK.sub(rb'\1="' + prefix.encode() + b"/", response.content)


def _response_from(release: Path, path: str, request: HttpRequest) -> HttpResponseBase:
    if file := find_file(release, path):
        return _file_response(request, file)
    if find_file(release, f"{path}/"):
        return _with_slash(request)
    own_page = find_file(release, "/404.html")
    return plain_page(own_page.read_bytes() if own_page else NO_PAGE)


def _is_page_path(path: str) -> bool:
    """Pages move to the shop's domain; what pages elsewhere show, such as pictures, stays."""
    name = path.rpartition("/")[2]
    return "." not in name or is_page(name)


def _moved(url: str) -> HttpResponse:
    """Redirect; browsers keep it for an hour only, since a merchant may give the domain up."""
    return HttpResponsePermanentRedirect(url, headers={"Cache-Control": "max-age=3600"})


def host_pattern(url: str) -> re.Pattern[str]:
    """Match the Host headers of URLs built from `url` on any port: a proxy or
    a tunnel may use another one than the URL."""
    host = re.sub(r":\d+\Z", "", urlsplit(url).netloc).lower()
    head, field, tail = host.partition("{identifier}")
    if not field:
        raise ImproperlyConfigured(f"{url} has to have {{identifier}} in its host")
    name = f"(?P<host>{re.escape(head)}{_LABEL}{re.escape(tail)})"
    return re.compile(rf"{name}\.?(?::\d+)?", re.ASCII)


def _own_hosts() -> frozenset[str]:
    public = urlsplit(settings.PUBLIC_URL).hostname or ""
    return frozenset({public, *(host.lower() for host in settings.ALLOWED_HOSTS)})


def find_file(release: Path, path: str) -> Path | None:
    """Return the file of a decoded URL path: itself, a folder's `index.html` (with a slash at
    the end) or a page whose `.html` is left out. None for everything else, also for what a
    symbolic link in the release points at."""
    name = path.removeprefix("/")
    steps = name.removesuffix("/").split("/") if name else []
    if not all(_SEGMENT.fullmatch(step) for step in steps):
        return None
    is_folder = not name or name.endswith("/")
    for candidate in [f"{name}index.html"] if is_folder else [name, f"{name}.html"]:
        file = f"{release}/{candidate}"
        # For a name that is too long, these return False; pathlib's would raise.
        if os.path.isfile(file) and os.path.realpath(file) == file:
            return Path(file)
    return None


def _file_response(request: HttpRequest, file: Path) -> HttpResponseBase:
    state = file.stat()
    etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    response = get_conditional_response(request, etag, int(state.st_mtime)) or _body_of(
        file, state.st_size, is_head=request.method == "HEAD"
    )
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(state.st_mtime)
    response.headers["Cache-Control"] = _cache_control(request, file.name)
    return response


def _body_of(file: Path, size: int, *, is_head: bool) -> HttpResponseBase:
    """Read a small file; a large one stays on the disk, or slow readers would fill the memory."""
    content_type = content_type_of(file.name)
    if size <= _MAX_READ:
        return HttpResponse(file.read_bytes(), content_type=content_type)
    if is_head:
        return HttpResponse(content_type=content_type, headers={"Content-Length": str(size)})
    response = FileResponse(file.open("rb"), content_type=content_type)
    del response.headers["Content-Disposition"]
    return response


def _cache_control(request: HttpRequest, name: str) -> str:
    is_versioned = _VERSION.search(request.META.get("QUERY_STRING", ""))
    return FOREVER if is_versioned and not is_page(name) else cache_control_of(name)


def _with_slash(request: HttpRequest) -> HttpResponse:
    """Redirect to the folder with a slash, which its relative links need."""
    query = request.META.get("QUERY_STRING", "")
    address = quote(f"{request.path_info}/") + (f"?{query}" if query else "")
    return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "no-cache"})


@require_safe
def archive(request: HttpRequest, token: str) -> FileResponse:  # noqa: ARG001 - a view takes it
    """Download a release as .tar.gz by its signed, expiring link."""
    file = ArchiveStore(Path(settings.SITES_ROOT)).find(token)
    if file is None:
        raise Http404
    response = FileResponse(file.open("rb"), as_attachment=True, content_type="application/gzip")
    response.headers["Cache-Control"] = "private, no-store"
    return response
