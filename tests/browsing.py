"""A visitor of a real server who keeps cookies and fills in forms."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar


class Visitor:
    def __init__(self, url: str) -> None:
        self._url = url
        self._jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._jar))

    def cookie(self, name: str) -> str:
        return next(str(cookie.value) for cookie in self._jar if cookie.name == name)

    def get(self, path: str) -> str:
        """Return the page, after redirects."""
        with self._opener.open(f"{self._url}{path}") as response:
            return str(response.read().decode())

    def post(self, path: str, **fields: str) -> str:
        """Send the form of that page; return the page that follows."""
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path))
        assert token, path
        form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields})
        with self._opener.open(f"{self._url}{path}", form.encode()) as response:
            return str(response.read().decode())
