"""A form that was sent after its session had ended: what was typed is there again after sign-in.

An encrypted cookie for the path of the form keeps it, so that it returns in the same browser only
and the server stores nothing for visitors.
"""

from __future__ import annotations

import json
import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext

from config.db.encryption import DecryptionError, EncryptionContext, decrypt, encrypt

_COOKIE = "kept_form"
_SECONDS = 900
#: Browsers store about 4 KB in a cookie, which is larger once encrypted.
_LONGEST = 2_000
_SECRET = ("password", "secret", "csrf")


def keep_form(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Keep what a page of ours sent; another site's must not fill in a form."""
    if request.headers.get("Sec-Fetch-Site") != "same-origin":
        return False
    fields = {
        name: values
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in _SECRET)
    }
    text = json.dumps([fields, int(time.time()) + _SECONDS])
    if request.method != "POST" or not fields or len(text) > _LONGEST:
        return False
    response.set_cookie(
        _COOKIE,
        encrypt(text, _context(request)),
        max_age=_SECONDS,
        path=request.path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
    return True


def refill(request: HttpRequest, form: BaseForm) -> None:
    """Give a form that was not sent yet what was typed before the session ended."""
    if request.method != "GET" or _COOKIE not in request.COOKIES:
        return
    kept = _read(request)
    for name, field in form.fields.items() if kept else ():
        widget, key = field.widget, form.add_prefix(name)
        if not widget.is_hidden:
            form.initial[name] = widget.value_from_datadict(kept, {}, key)
    if kept:
        text = gettext("Your entries are still here. Check them and submit the form again.")
        messages.info(request, text)


def discard_form(request: HttpRequest, response: HttpResponseBase) -> None:
    """Fill it in once."""
    if _COOKIE in request.COOKIES:
        response.delete_cookie(_COOKIE, path=request.path, samesite="Strict")


def _read(request: HttpRequest) -> QueryDict | None:
    try:
        fields, until = json.loads(decrypt(request.COOKIES[_COOKIE], _context(request)))
    except DecryptionError:
        return None
    kept = QueryDict(mutable=True)
    for name, values in fields.items():
        kept.setlist(name, values)
    return kept if until > time.time() else None


def _context(request: Any) -> EncryptionContext:
    return EncryptionContext("kept_form", request.path)
