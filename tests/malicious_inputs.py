"""Malformed and malicious bodies, values, query strings, paths, headers and methods."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from config.api.chain import is_api_path

ID = "0" * 24

#: Bodies that no endpoint takes, whatever its fields.
BODIES: dict[str, bytes] = {
    "an array": b"[]",
    "a number": b"1",
    "null": b"null",
    "a string": b'"text"',
    "half an object": b'{"prompt": "a',
    "two objects": b"{}{}",
    "single quotes": b"{'prompt': 'a red shoe'}",
    "a comma too much": b'{"prompt": "a red shoe",}',
    "a byte order mark": b'\xef\xbb\xbf{"prompt": "a red shoe"}',
    "invalid UTF-8": b'{"prompt": "a red \xff shoe"}',
    "an overlong NUL": b'{"prompt": "a red \xc0\x80 shoe"}',
    "a surrogate in UTF-8": b'{"prompt": "a red \xed\xa0\x80 shoe"}',
    "UTF-16": '{"prompt": "a red shoe"}'.encode("utf-16"),
    "a NUL": b'{"prompt": "a red \x00 shoe"}',
    "an escaped NUL": b'{"prompt": "a red \\u0000 shoe"}',
    "an escaped NUL in a name": b'{"pro\\u0000mpt": "a red shoe"}',
    "a lone surrogate": b'{"prompt": "a red \\ud800 shoe"}',
    "a lone surrogate in a name": b'{"\\udfff": 1}',
    "a lone surrogate deep within": b'{"a": [{"b": ["\\udc00"]}]}',
    "NaN": b'{"prompt": NaN}',
    "Infinity": b'{"prompt": Infinity}',
    "minus Infinity": b'{"a": [-Infinity]}',
    "2^63": b'{"prompt": 9223372036854775808}',
    "10^30": b'{"prompt": 1' + b"0" * 30 + b"}",
    "a number of 100,000 digits": b'{"prompt": ' + b"7" * 100_000 + b"}",
    "1e400": b'{"prompt": 1e400}',
    "-1e400": b'{"a": {"b": -1e400}}',
    "a repeated name": b'{"prompt": "a red shoe", "prompt": "a blue shoe"}',
    "a repeated name by an escape": b'{"prompt": "a red shoe", "p\\u0072ompt": "a blue shoe"}',
    "100,000 arrays": b"[" * 100_000 + b"]" * 100_000,
    "100,000 arrays never closed": b'{"prompt": ' + b"[" * 100_000,
    "30,000 objects": b'{"a":' * 30_000 + b"1" + b"}" * 30_000,
    "33 levels": b'{"a":' * 33 + b"1" + b"}" * 33,
    "300 KB": b'{"prompt": "' + b"x" * 300_000 + b'"}',
    "10 MB": b'{"prompt": "' + b"x" * 10_000_000 + b'"}',
    "10 MB of nothing": b" " * 10_000_000,
    "escaped quotes after brackets": b"[" * 33 + b'"' + b'\\"' * 100_000,
}

#: Values of a wrong type for any field, all of them sound JSON.
VALUES: list[Any] = [
    0,
    -1,
    2**31,
    2**63 - 1,
    -(2**63),
    1.5,
    1e308,
    True,
    False,
    [],
    {},
    [[]],
    [None],
    {"$gt": ""},
    [{"a": [1, "b", None]}],
    {"0": "1:1"},
    ["fast", "fast"],
    "no such thing",
    "1:1\n",
    "＇ OR 1=1 --",
    "%s%s%n",
    "${7*7}{{7*7}}",
    "🧨" * 10,
    "\u202e\u200b\ufeff",
]

QUERIES = [
    "a=%00",
    "%00=a",
    "a=%ff%fe",
    "a=%ed%a0%80",
    "a=%",
    "a=%zz",
    "a=" + "x" * 6000,
    "&".join(f"a{n}=1" for n in range(500)),
    "email=%00&phone=%00&accountId=%00",
    "email=%ed%a0%80&phone=%ff&accountId=%ed%a0%80",
    "email=a&email=b&accountId[]=1&accountId[$ne]=1",
    "limit=1e400&page=-1&cursor=%00&from=9999-99-99",
    "format=html&_method=DELETE",
]

PATHS = [
    "/partner/v1/image/create%00",
    "/partner/v1/image/create%0a",
    "/partner/v1/image/create%20",
    "/partner/v1/image/create//",
    "/partner/v1/image//create",
    "/partner/v1/image/CREATE",
    "/partner/v1/image/create.json",
    "/partner/v1/image/../image/create",
    "/partner/v1/image/%2e%2e/usage",
    "/partner/v1/image/operations/%00",
    "/partner/v1/image/operations/%ff",
    "/partner/v1/image/operations/%ed%a0%80",
    "/partner/v1/image/operations/" + "0" * 3000,
    f"/partner/v1/image/operations/{ID}/more",
    f"/partner/v1/image/operations/{ID}%0a",
    "/partner/v1/%F0%9F%91%9F",
    "/partner/" + "a/" * 1000,
    "/partner/%c0%ae%c0%ae/",
    "/api/v2/third-party/%00",
    "/api/v2/third-party/getAccount/%00",
    "/api/\\..\\x",
]

HEADERS: list[dict[str, str]] = [
    {"x-forwarded-for": "127.0.0.1, ::1, garbage, 1.2.3.4:80"},
    {"x-forwarded-for": "a" * 5000},
    {"x-forwarded-for": ",,,,"},
    {"forwarded": "for=127.0.0.1;host=evil.example", "x-real-ip": "127.0.0.1"},
    {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"},
    {"x-request-id": "<script>alert(1)</script>"},
    {"x-request-id": "a" * 5000},
    {"x-request-id": "\x7f\x80\xff"},
    {"idempotency-key": ""},
    {"idempotency-key": " "},
    {"idempotency-key": "x" * 256},
    {"idempotency-key": "schlüssel"},
    {"idempotency-key": "a\x7fb"},
    {"accept": "text/html;q=1, */*;q=nonsense"},
    {"accept-language": "xx-" * 200, "accept-encoding": "br;q=2, \xff"},
    {"cookie": "sessionid=\x80\x81; csrftoken=;;==; a"},
    {"cookie": "sessionid=" + "A" * 4000},
    {"x-http-method-override": "DELETE", "x-method-override": "DELETE"},
    {"x-original-url": "/admin/", "x-rewrite-url": "/admin/"},
    {"content-encoding": "gzip"},
    {"origin": "null", "referer": "javascript:alert(1)"},
    {"range": "bytes=0-0,5-1", "if-none-match": '"' * 100, "if-modified-since": "yesterday"},
    {"authorization": "Digest " + "x" * 4000},
    {"user-agent": "${jndi:ldap://127.0.0.1/a}"},
    {"expect": "a miracle"},
    {"upgrade": "websocket", "connection": "upgrade"},
]

CONTENT_TYPES = [
    "text/plain",
    "text/html",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "x" * 300,
    "application/json; charset=utf-16",
    "application/json; charset=latin-1",
    "application/json, text/plain",
    "application/problem+json",
    "/",
    ";",
    "\xff",
]

METHODS = ["TRACE", "PROPFIND", "PATCH", "PUT", "DELETE", "OPTIONS", "FOO", "get", "A" * 40]

_GROUP = re.compile(r"\(\?P<\w+>[^()]*\)")


#: The description of the API, which is for everyone.
WITHOUT_KEY = {"/api/schema"}


def api_paths() -> list[str]:
    """Return a path for every API route in the URL configuration."""
    paths = [f"/{path}" for path in _paths(get_resolver().url_patterns, "")]
    return sorted({path for path in paths if is_api_path(path)} - WITHOUT_KEY)


def _paths(patterns: list[Any], prefix: str) -> Iterator[str]:
    for entry in patterns:
        text = prefix + re.sub(r"<\w+:\w+>", ID, _GROUP.sub(ID, str(entry.pattern)))
        text = text.replace("/?", "").replace("^", "").replace("$", "").replace(r"\Z", "")
        if isinstance(entry, URLResolver):
            yield from _paths(entry.url_patterns, text)
        else:
            assert isinstance(entry, URLPattern)
            yield text


def wrong_types(body: dict[str, Any], texts: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield the body with each field replaced by each wrong value; `texts` accept any string."""
    for name in body:
        for value in VALUES:
            if not (name in texts and isinstance(value, str)):
                yield f"{name}={value!r}"[:60], json.dumps({**body, name: value}).encode()
