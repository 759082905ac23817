"""Candidates for a webhook's original body, header and secret, given damaged ones.

Pure functions. Each candidate names the faults that it assumes; the signature decides which one is
right.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.signatures.faults import Fault

Faults = tuple[Fault, ...]

#: The order of the members in all events (API documentation, Event Types); each event has some.
MEMBERS = (
    "event",
    "accountId",
    "identifier",
    "productionUrl",
    "previewUrl",
    "error",
    "message",
    "timestamp",
)
_DIGITS = hashlib.sha256().digest_size * 2
#: With this many digits of a truncated header, an accidental match is ruled out.
_MIN_DIGITS = 16
_SPACE = " \t\r\n"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
#: The given secret is preferred to other secrets, and those to a changed body.
_COST = {Fault.OTHER_SECRET: 3, Fault.CHANGED: 10, Fault.TRUNCATED_BODY: 10}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible original of a body, header or secret, and the faults that explain the input."""

    text: str
    faults: Faults = ()
    other: int | None = None

    @property
    def cost(self) -> int:
        return sum(_COST.get(fault, 1) for fault in self.faults)


def parse_header(text: str) -> Candidate | None:
    """Extract the hexadecimal digits of a header, possibly truncated; None if there are none."""
    text = re.sub(r"\A\s*x-shopiq-signature:[ ]?", "", text, flags=re.IGNORECASE)
    stripped = text.strip()
    faults: Faults = (Fault.HEADER_SPACE,) if stripped != text else ()
    unquoted = _unquote(stripped)
    if unquoted != stripped:
        faults += (Fault.HEADER_QUOTED,)
    prefix = re.match(r"sha256=", unquoted, re.IGNORECASE)
    if prefix is None:
        faults += (Fault.MISSING_PREFIX,)
    elif prefix[0] != "sha256=":
        faults += (Fault.UPPER_HEX,)
    digits, more = _parse_digest(unquoted[prefix.end() if prefix else 0 :])
    return Candidate(digits, unique(faults + more)) if digits else None


def _parse_digest(text: str) -> tuple[str, Faults]:
    """Return lower-case hexadecimal digits, "" if the text is not a digest."""
    if re.fullmatch(rf"[0-9a-fA-F]{{{_MIN_DIGITS},{_DIGITS}}}", text):
        faults: Faults = (Fault.UPPER_HEX,) if text != text.lower() else ()
        faults += (Fault.TRUNCATED_HEADER,) if len(text) < _DIGITS else ()
        return text.lower(), faults
    standard = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        digest = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        return "", ()
    return (digest.hex(), (Fault.BASE64,)) if len(digest) * 2 == _DIGITS else ("", ())


def secret_candidates(text: str, known: Sequence[str]) -> Iterator[Candidate]:
    """Yield the secret as given, without usual damage, and the known secrets."""
    yield Candidate(text)
    stripped = text.strip()
    # A secret may legitimately end in one of the rarer spaces that `strip` removes.
    yield Candidate(text.strip(_SPACE), (Fault.SECRET_SPACE,))
    unquoted = _unquote(stripped)
    spaced = (Fault.SECRET_SPACE,) if stripped != text else ()
    quoted = (*spaced, Fault.SECRET_QUOTED) if unquoted != stripped else spaced
    yield Candidate(stripped, spaced)
    yield Candidate(unquoted, quoted)
    yield Candidate(f"whsec_{unquoted}", (*quoted, Fault.SECRET_PREFIX))
    for index, secret in enumerate(known):
        is_same = secret.strip() == stripped
        yield Candidate(secret, (Fault.ORDERED_SPACE if is_same else Fault.OTHER_SECRET,), index)


def body_candidates(text: str, sent: bytes | None) -> Iterator[Candidate]:
    """Yield the body as given, without usual damage, and as sent."""
    yield Candidate(text)
    cleaned = _clean(text)
    for decoded in (cleaned, *_decodings(cleaned)):
        yield decoded
        for value, faults in _values(decoded.text):
            for spelling in _spellings(decoded.text, value, faults, sent):
                yield Candidate(spelling.text, decoded.faults + spelling.faults)
    if sent is not None:
        is_start = cleaned.text and sent.startswith(to_bytes(cleaned.text))
        fault = Fault.TRUNCATED_BODY if is_start else Fault.CHANGED
        yield Candidate(sent.decode(), (fault,))


def parse_body(body: str) -> dict[str, Any]:
    """Return the members of a damaged body; empty if it is not a JSON object."""
    cleaned = _clean(body)
    for decoded in (cleaned, *_decodings(cleaned)):
        value = _parse(decoded.text)
        if isinstance(value, dict):
            return value
    return {}


def _clean(text: str) -> Candidate:
    """Remove what surrounds the JSON."""
    faults: Faults = ()
    if text.startswith("\ufeff"):
        text, faults = text[1:], (Fault.BYTE_ORDER_MARK,)
    stripped = text.strip(_SPACE)
    tail = text[len(text.rstrip(_SPACE)) :]
    if "\n" in tail or "\r" in tail:
        faults += (Fault.TRAILING_NEWLINE,)
    elif stripped != text:
        faults += (Fault.SPACE_AROUND,)
    return Candidate(stripped, faults)


def _decodings(cleaned: Candidate) -> Iterator[Candidate]:
    """Undo a wrong character set or double encoding."""
    for charset in ("latin-1", "cp1252"):
        try:
            text = cleaned.text.encode(charset).decode()
        except UnicodeError:
            continue
        if text != cleaned.text:
            yield Candidate(text, (*cleaned.faults, Fault.WRONG_CHARSET))
    if isinstance(inner := _parse(cleaned.text), str):
        yield Candidate(inner, (*cleaned.faults, Fault.DOUBLE_ENCODED))


def _values(text: str) -> Iterator[tuple[dict[str, Any], Faults]]:
    """Yield the JSON object as it is, and with all values as strings."""
    value = _parse(text)
    if not isinstance(value, dict):
        return
    yield value, ()
    spelled = _parse(text, parse_int=str, parse_float=str, parse_constant=str)
    texts = {name: _as_text(each) for name, each in spelled.items()}
    if texts != value:
        yield texts, (Fault.NUMBERS,)


def _as_text(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, bool) else value


def _spellings(
    text: str, value: dict[str, Any], faults: Faults, sent: bytes | None
) -> Iterator[Candidate]:
    """Yield the event as the sender would serialize it, in the given and in the usual order."""
    encoded = _encode(value)
    faults += _spelling_faults(text, encoded)
    if not faults and text != encoded:
        faults = (Fault.REWRITTEN,)
    yield Candidate(encoded, faults)
    for order in (tuple(parse_sent(sent)), MEMBERS):
        names = [name for name in order if name in value]
        names += [name for name in value if name not in order]
        if names != list(value):
            ordered = {name: value[name] for name in names}
            yield Candidate(_encode(ordered), (*faults, Fault.ORDER))


def _spelling_faults(text: str, encoded: str) -> Faults:
    """Find how a JSON text differs from the sender's serialization."""
    faults: Faults = ()
    if re.search(rf"[{_SPACE}]", _STRING.sub('""', text)):
        faults += (Fault.SPACED,)
    escapes = _ESCAPE.findall(text)
    if _codes(escapes) != _codes(_ESCAPE.findall(encoded)):
        faults += (Fault.ESCAPED,)
    if "/" in escapes:
        faults += (Fault.SLASHES,)
    return faults


def _codes(escapes: list[str]) -> list[str]:
    """Return the escapes of the form \\uXXXX, sorted."""
    return sorted(escape for escape in escapes if len(escape) > 1)


def parse_sent(sent: bytes | None) -> dict[str, Any]:
    """Return the members of a stored delivery; empty if it is unknown."""
    value = _parse(sent.decode()) if sent else None
    return value if isinstance(value, dict) else {}


def _parse(text: str, **options: Any) -> Any:
    """Parse JSON; None if it is invalid."""
    try:
        return json.loads(text, **options)
    except (ValueError, RecursionError):
        return None


def _encode(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unquote(text: str) -> str:
    is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if is_quoted else text


def to_bytes(text: str) -> bytes:
    # A lone surrogate is never sent, but must not break the search for other faults.
    return text.encode("utf-8", "surrogatepass")


def unique(faults: Faults) -> Faults:
    return tuple(dict.fromkeys(faults))
