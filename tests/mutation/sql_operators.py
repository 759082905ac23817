"""Changes of SQL functions that a good test notices."""

from __future__ import annotations

import re
from collections.abc import Iterator

Change = tuple[int, int, str]

_SWAPS = {
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    ">>=": ">>",
    "=": "<>",
    "<>": "=",
    "+": "-",
    "-": "+",
    "AND": "OR",
    "OR": "AND",
    "NOT": "",
    "least": "greatest",
    "greatest": "least",
    "true": "false",
    "false": "true",
    "DESC": "ASC",
    "FOR UPDATE": "",
    "FOR NO KEY UPDATE": "",
    "SKIP LOCKED": "",
    "RETURN;": "NULL;",
}
#: Instead, beside a moment that was read from the clock: no test can stop it at the very moment.
_OF_CLOCKS = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_CLOCK = r"clock_timestamp\(\)"
_MOMENT = re.compile(rf"(\w+)\s+(?:timestamptz\s+)?:=[^;]*\b{_CLOCK}")
_WORDS = "|".join(
    re.escape(word) for word in sorted(_SWAPS, key=len, reverse=True) if word[0].isalpha()
)
_TOKEN = re.compile(
    rf"(?P<skip>--[^\n]*|'(?:[^']|'')*'|:=|=>|->>?|::|IS NOT|NOT NULL|BETWEEN\s+\S+\s+AND"
    # Assignments, which would be syntax errors: `SET a = 1, b = 2` and `USING MESSAGE = 'x'`.
    rf"|(?:\bSET|,)\s+\w+\s*=|\b(?:ERRCODE|MESSAGE)\s*=)"
    rf"|(?P<word>\b(?:{_WORDS})(?!\w| OF\b))"
    r"|(?P<symbol>>>=|<>|<=|>=|[<>=+-])"
    r"|(?P<number>\b\d+\b)"
)
_BODY = re.compile(r"AS \$(\w*)\$(.*?)\$\1\$", re.DOTALL)


def find_changes(source: str) -> Iterator[Change]:
    """`(start, end, replacement)` in characters, inside the bodies of functions."""
    for body in _BODY.finditer(source):
        moments = "|".join([_CLOCK, *(rf"{name}\b" for name in _MOMENT.findall(body[2]))])
        for token in _TOKEN.finditer(source, body.start(2), body.end(2)):
            text = token.group()
            if token["number"]:
                yield token.start(), token.end(), str(int(text) + 1)
            elif not token["skip"]:
                is_clock = re.compile(rf"\s*(?:{moments})").match(source, token.end())
                swaps = {**_SWAPS, **_OF_CLOCKS} if is_clock else _SWAPS
                yield token.start(), token.end(), swaps[text]
