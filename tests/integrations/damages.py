"""What goes wrong on a webhook's way to its verification."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from hypothesis import strategies as st

from integrations.signatures.faults import Fault

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
#: What no event is without, and what some have; any text stands for each value.
events = st.fixed_dictionaries(
    {"event": texts, "accountId": texts, "identifier": texts},
    optional={"previewUrl": texts, "error": texts, "message": texts, "timestamp": texts},
)
secrets = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs", "Z"]), min_size=8)
EXAMPLE = {
    "event": "website.created",
    "accountId": "665a1f2e3b4c5d6e7f8a9b0c",
    "identifier": "nova-retail-abc123",
    "previewUrl": "https://nova-retail-abc123.dev.example/",
    "message": "नोवा & friends",
    "timestamp": "2025-07-15T10:30:00.000Z",
}
SECRET = "whsec_your_secret_here"
OTHER = "whsec_another_one"
Damage = Callable[[str], str]


def dump(body: str, **options: object) -> str:
    return json.dumps(json.loads(body), **{"ensure_ascii": False, **options})  # type: ignore[arg-type]


def compact(body: str, **options: object) -> str:
    return dump(body, separators=(",", ":"), **options)


def reverse(body: str) -> str:
    return compact(json.dumps(dict(reversed(json.loads(body).items()))))


def as_numbers(body: str) -> str:
    """Replace strings of digits by numbers, as a lenient parser would."""
    values = json.loads(body)
    return compact(
        json.dumps({key: int(value) if value == "42" else value for key, value in values.items()})
    )


BODY_DAMAGES: list[tuple[Fault, Damage]] = [
    (Fault.SPACED, dump),
    (Fault.SPACED, lambda body: dump(body, indent=2)),
    (Fault.SPACED, lambda body: dump(body, indent=2).replace("\n", "\r\n")),
    (Fault.ESCAPED, lambda body: compact(body, ensure_ascii=True)),
    (Fault.ESCAPED, lambda body: body.replace("&", "\\u0026")),
    (Fault.SLASHES, lambda body: body.replace("/", "\\/")),
    (Fault.ORDER, reverse),
    (Fault.ORDER, lambda body: compact(body, sort_keys=True)),
    (Fault.TRAILING_NEWLINE, lambda body: body + "\n"),
    (Fault.TRAILING_NEWLINE, lambda body: body + "\r\n"),
    (Fault.SPACE_AROUND, lambda body: f" {body} "),
    (Fault.BYTE_ORDER_MARK, lambda body: f"\ufeff{body}"),
    (Fault.WRONG_CHARSET, lambda body: body.encode().decode("latin-1")),
    (Fault.DOUBLE_ENCODED, json.dumps),
    (Fault.NUMBERS, as_numbers),
]
HEADER_DAMAGES: list[tuple[Fault, Damage]] = [
    (Fault.MISSING_PREFIX, lambda header: header.removeprefix("sha256=")),
    (Fault.UPPER_HEX, lambda header: header.upper()),
    (Fault.UPPER_HEX, lambda header: "sha256=" + header[7:].upper()),
    (Fault.BASE64, lambda header: "sha256=" + to_base64(header)),
    (Fault.BASE64, lambda header: "sha256=" + to_base64(header).rstrip("=")),
    (Fault.TRUNCATED_HEADER, lambda header: header[:40]),
    (Fault.HEADER_SPACE, lambda header: f"{header}\n"),
    (Fault.HEADER_QUOTED, lambda header: f'"{header}"'),
]
SECRET_DAMAGES: list[tuple[Fault, Damage]] = [
    (Fault.SECRET_SPACE, lambda secret: f"{secret}\n"),
    (Fault.SECRET_SPACE, lambda secret: f" {secret}"),
    (Fault.SECRET_QUOTED, lambda secret: f"'{secret}'"),
    (Fault.OTHER_SECRET, lambda secret: f"{secret}x"),
]


def to_base64(header: str) -> str:
    return base64.b64encode(bytes.fromhex(header.removeprefix("sha256="))).decode()


def in_order(payload: dict[str, str]) -> dict[str, str]:
    """The members as events have them."""
    names = ("event", "accountId", "identifier", "previewUrl", "error", "message", "timestamp")
    return {name: payload[name] for name in names if name in payload}
