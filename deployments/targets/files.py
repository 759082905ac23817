"""The files of a built site, their media types and cache lifetimes. Pure except
for the listing."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from django.utils.translation import gettext_noop

from deployments.targets.base import PublishFailed

#: Not `mimetypes`, whose table differs between machines: under
#: `X-Content-Type-Options: nosniff` a wrong type leaves a shop without its styles.
_TYPES = {
    "avif": "image/avif",
    "css": "text/css; charset=utf-8",
    "gif": "image/gif",
    "html": "text/html; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "mjs": "text/javascript; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "webmanifest": "application/manifest+json",
    "webp": "image/webp",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "xml": "application/xml",
}
_PAGE_SUFFIX = ".html"
#: `shop.3f9a1c07.css` or `shop-3f9a1c07.css`: other content would have had another name.
_HASHED = re.compile(r"[.-][0-9a-f]{8,64}\.\w+\Z", re.ASCII)

FOREVER = "public, max-age=31536000, immutable"
_ALWAYS_ASK = "no-cache"
#: For names whose content may change with the next release.
_AN_HOUR = "public, max-age=3600"


def list_files(folder: Path) -> list[PurePosixPath]:
    """Return the files below `folder`, relative to it and sorted.

    Raises `PublishFailed` if there is no site or if it contains a symbolic link: what that
    points at is not part of the site and may be anything on this machine.
    """
    entries = sorted(folder.rglob("*"))
    if not (folder / "index.html").is_file() or any(entry.is_symlink() for entry in entries):
        raise PublishFailed(gettext_noop("The website's files are not complete. Please try again."))
    return [PurePosixPath(entry.relative_to(folder)) for entry in entries if entry.is_file()]


def is_page(name: str) -> bool:
    return name.endswith(_PAGE_SUFFIX)


def content_type_of(name: str) -> str:
    return _TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def cache_control_of(name: str) -> str:
    """Return the cache policy: pages are revalidated, hashed files are kept for a year."""
    if is_page(name):
        return _ALWAYS_ASK
    return FOREVER if _HASHED.search(name) else _AN_HOUR
