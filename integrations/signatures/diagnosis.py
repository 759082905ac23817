"""Diagnosis of a webhook whose signature does not verify. Pure functions; nothing is stored.

The explanation is the combination of body, header and secret with the fewest faults whose signature
matches.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.signatures.candidates import (
    Candidate,
    Faults,
    body_candidates,
    parse_body,
    parse_header,
    parse_sent,
    secret_candidates,
    to_bytes,
    unique,
)
from integrations.signatures.faults import Fault
from integrations.signatures.signing import signature


@dataclass(frozen=True, slots=True)
class SignatureInput:
    """The body that the receiver's code hashed, the header and the secret."""

    body: str
    header: str
    secret: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The faults found. `other` is the index of the known secret that matches instead of the given
    one; `changed` names the members that differ from the sent ones."""

    faults: Faults
    computed: str
    other: int | None = None
    changed: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        return not self.faults

    @property
    def is_explained(self) -> bool:
        """Whether the faults account for the mismatch."""
        return Fault.NOTHING_FITS not in self.faults


def diagnose(
    pasted: SignatureInput, *, known: Sequence[str] = (), sent: bytes | None = None
) -> Diagnosis:
    """Find the faults of the input.

    `known` are the partner's secrets, tried if the given one does not match; `sent` are the bytes
    of the stored delivery, if it is known.
    """
    computed = signature(to_bytes(pasted.body), pasted.secret)
    header = parse_header(pasted.header)
    if header is None:
        fault = Fault.UNREADABLE_HEADER if pasted.header.strip() else Fault.NO_SIGNATURE
        return Diagnosis((fault,), computed)
    bodies = [*body_candidates(pasted.body, sent)]
    for body, secret in _cheapest_first(bodies, [*secret_candidates(pasted.secret, known)]):
        if _matches(header.text, to_bytes(body.text), secret.text):
            faults = unique(header.faults + secret.faults + body.faults)
            changed = changed_members(pasted.body, sent) if Fault.CHANGED in faults else ()
            return Diagnosis(faults, computed, secret.other, changed)
    return Diagnosis(header.faults + _explain_mismatch(bodies, pasted, sent), computed)


def changed_members(body: str, sent: bytes | None) -> tuple[str, ...]:
    """Return the names of changed, missing and added members; empty unless both are objects.

    A lone surrogate in a name is escaped, because a page could not be encoded with it.
    """
    mine, theirs = parse_body(body), parse_sent(sent)
    if not mine or not theirs:
        return ()
    names = dict.fromkeys([*theirs, *mine])
    differing = (name for name in names if mine.get(name) != theirs.get(name))
    return tuple(name.encode("utf-8", "backslashreplace").decode() for name in differing)


def _explain_mismatch(
    bodies: list[Candidate], pasted: SignatureInput, sent: bytes | None
) -> Faults:
    """Return the faults to report if no signature matches."""
    own = [body for body in bodies if not {Fault.CHANGED, Fault.TRUNCATED_BODY} & {*body.faults}]
    if sent is not None and any(to_bytes(body.text) == sent for body in own):
        return (Fault.OTHER_DELIVERY,)
    not_json = () if parse_body(pasted.body) else (Fault.NOT_JSON,)
    return (*not_json, Fault.NOTHING_FITS)


def _cheapest_first(
    bodies: list[Candidate], secrets: list[Candidate]
) -> list[tuple[Candidate, Candidate]]:
    # Of candidates with the same text, keep the one with the fewest faults.
    texts: dict[str, Candidate] = {}
    for body in sorted(bodies, key=lambda body: body.cost):
        texts.setdefault(body.text, body)
    pairs = [(body, secret) for body in texts.values() for secret in secrets]
    return sorted(pairs, key=lambda pair: pair[0].cost + pair[1].cost)


def _matches(digits: str, body: bytes, secret: str) -> bool:
    if not secret:
        return False
    expected = signature(body, secret).removeprefix("sha256=")
    return hmac.compare_digest(expected[: len(digits)], digits)
