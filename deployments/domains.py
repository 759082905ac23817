"""Merchants' own domains: their names, and the proofs that a merchant controls them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings

from config.egress import EgressError, download
from config.egress.deadline import Deadline, DeadlineExceeded
from config.egress.txt import lookup_txt

#: Where the platform says at every domain whose shop it serves there.
SITE_FILE = "/.well-known/shopiq-site.txt"
_SECONDS = 10.0
_MAX_BYTES = 1024


def normalize_domain(name: str) -> str:
    """Return the name as a browser sends it, "" if it has no such form."""
    try:
        return name.strip().rstrip(".").lower().encode("idna").decode()
    except UnicodeError:
        return ""


def is_own_domain(name: str) -> bool:
    """Return whether the name is one of the platform's, or below one."""
    patterns = (settings.PUBLIC_URL, settings.SITE_PRODUCTION_URL, settings.SITE_PREVIEW_URL)
    hosts = [urlsplit(url).netloc.partition(":")[0].rpartition("}")[2] for url in patterns]
    own = {host.lstrip(".").lower() for host in (*hosts, *settings.ALLOWED_HOSTS)} - {"", "*"}
    return any(name == host or name.endswith(f".{host}") for host in own)


def txt_name(domain: str) -> str:
    return f"_shopiq.{domain}"


def txt_value(token: str) -> str:
    return f"shopiq-verification={token}"


def file_url(domain: str) -> str:
    return f"http://{domain}/.well-known/shopiq-verification.txt"


def find_origin(domain: str, site: str) -> str:
    """Return the origin at which the domain leads to this platform's shop, "" if there is none.

    A TXT record proves a domain that may still lead elsewhere.
    """
    for scheme in ("https", "http"):
        origin = f"{scheme}://{domain}"
        if _read(f"{origin}{SITE_FILE}") == site:
            return origin
    return ""


def find_proof(domain: str, token: str) -> str:
    """Return "" if the domain's TXT record or file has the token, otherwise what is wrong."""
    try:
        if txt_value(token) in lookup_txt(txt_name(domain)):
            return ""
        record = "The TXT record was not found"
    except EgressError:
        record = "The name server did not answer"
    error = _check_file(domain, token)
    return f"{record}, and {error}." if error else ""


def _check_file(domain: str, token: str) -> str:
    try:
        content = _download(file_url(domain))
    except EgressError as error:
        return f"the file was not read: {error.detail}"
    except DeadlineExceeded:
        return "the file was not read: it took too long"
    return "" if content == token else "the file has another content"


def _read(url: str) -> str:
    try:
        return _download(url)
    except (EgressError, DeadlineExceeded):
        return ""


def _download(url: str) -> str:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "answer"
        download(
            url,
            to=file,
            max_bytes=_MAX_BYTES,
            deadline=Deadline.after(_SECONDS),
            allow_loopback=settings.ALLOW_LOOPBACK_URLS,
        )
        return file.read_bytes().strip().decode("utf-8", "replace")
