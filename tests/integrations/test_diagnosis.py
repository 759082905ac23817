"""The diagnosis of webhooks that do not verify."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from integrations.signatures.diagnosis import Diagnosis, SignatureInput, diagnose
from integrations.signatures.faults import Fault
from integrations.signatures.signing import encode_event, signature
from tests.integrations.damages import (
    BODY_DAMAGES,
    EXAMPLE,
    HEADER_DAMAGES,
    OTHER,
    SECRET,
    SECRET_DAMAGES,
    Damage,
    events,
    in_order,
    reverse,
    secrets,
    texts,
)


def sent(payload: Mapping[str, str], secret: str = SECRET) -> SignatureInput:
    """Return the input of a receiver that does everything right."""
    body = encode_event(payload)
    return SignatureInput(body.decode(), signature(body, secret), secret)


def found(pasted: SignatureInput, **options: object) -> Diagnosis:
    return diagnose(pasted, known=[OTHER, SECRET], **options)  # type: ignore[arg-type]


@given(payload=events, secret=secrets)
def test_what_was_sent_matches(payload: dict[str, str], secret: str) -> None:
    assert diagnose(sent(payload, secret)).matches


@pytest.mark.parametrize(("fault", "damage"), BODY_DAMAGES)
@given(payload=events)
def test_damage_to_the_body_is_diagnosed(
    fault: Fault, damage: Damage, payload: dict[str, str]
) -> None:
    right = sent({**payload, "message": "é/&", "error": "42"}, SECRET)
    right = sent(in_order(json.loads(right.body)))
    damaged = replace(right, body=damage(right.body))
    assume(damaged != right)

    diagnosis = diagnose(damaged)
    assert fault in diagnosis.faults
    assert diagnosis.is_explained


@pytest.mark.parametrize(("fault", "damage"), HEADER_DAMAGES)
@given(payload=events, secret=secrets)
def test_damage_to_the_header_is_diagnosed(
    fault: Fault, damage: Damage, payload: dict[str, str], secret: str
) -> None:
    right = sent(payload, secret)

    diagnosis = diagnose(replace(right, header=damage(right.header)))
    assert fault in diagnosis.faults
    assert diagnosis.is_explained


@pytest.mark.parametrize(("fault", "damage"), SECRET_DAMAGES)
@given(payload=events, secret=secrets)
def test_damage_to_the_secret_is_diagnosed(
    fault: Fault, damage: Damage, payload: dict[str, str], secret: str
) -> None:
    right = sent(payload, secret)
    pasted = replace(right, secret=damage(secret))

    diagnosis = diagnose(pasted, known=[OTHER, secret])
    assert diagnosis.faults == (fault,)
    assert diagnosis.other == (1 if fault is Fault.OTHER_SECRET else None)


@given(
    payload=events,
    body=st.sampled_from(BODY_DAMAGES),
    header=st.sampled_from(HEADER_DAMAGES),
    secret=st.sampled_from(SECRET_DAMAGES),
)
def test_damage_to_all_three_is_diagnosed(
    payload: dict[str, str],
    body: tuple[Fault, Damage],
    header: tuple[Fault, Damage],
    secret: tuple[Fault, Damage],
) -> None:
    right = sent(in_order({**payload, "message": "é/&", "error": "42"}))
    pasted = SignatureInput(body[1](right.body), header[1](right.header), secret[1](SECRET))
    assume(pasted.body != right.body)

    assert {body[0], header[0], secret[0]} <= {*found(pasted).faults}


@given(
    body=texts | events.map(json.dumps),
    header=texts | st.from_regex(r"sha256=[0-9a-f]{64}", fullmatch=True),
    secret=texts,
    stored=st.none() | events.map(encode_event),
)
def test_there_are_no_accidental_matches(
    body: str, header: str, secret: str, stored: bytes | None
) -> None:
    diagnosis = diagnose(SignatureInput(body, header, secret), known=["", OTHER], sent=stored)

    is_right = header == signature(body.encode(), secret) and bool(secret)
    assert diagnosis.matches is is_right


@given(payload=st.dictionaries(texts, texts, min_size=2, max_size=6))
def test_the_order_of_members_is_taken_from_the_stored_delivery(
    payload: dict[str, str],
) -> None:
    right = sent(payload)

    diagnosis = found(replace(right, body=reverse(right.body)), sent=right.body.encode())
    assert diagnosis.faults == (Fault.ORDER,)


def test_combined_damage_to_the_body_is_distinguished() -> None:
    right = sent(EXAMPLE)
    body = json.dumps(dict(reversed(EXAMPLE.items()))) + "\n"

    assert set(diagnose(replace(right, body=body)).faults) == {
        Fault.TRAILING_NEWLINE,
        Fault.SPACED,
        Fault.ESCAPED,
        Fault.ORDER,
    }


@pytest.mark.parametrize("body", ['{"a":"0","a":"1.50"}', '{"a":1.50}'])
def test_an_equivalent_body_with_other_bytes_does_not_match(body: str) -> None:
    right = sent({"a": "1.50"})

    assert diagnose(replace(right, body=body)).faults in ((Fault.REWRITTEN,), (Fault.NUMBERS,))


def test_no_secret_never_matches() -> None:
    pasted = replace(sent(EXAMPLE, ""), secret="")

    assert diagnose(pasted, known=[""]).faults == (Fault.NOTHING_FITS,)


def test_the_missing_start_of_the_secret_is_named() -> None:
    pasted = replace(sent(EXAMPLE), secret=SECRET.removeprefix("whsec_"))

    assert diagnose(pasted).faults == (Fault.SECRET_PREFIX,)


def test_members_that_differ_from_the_stored_delivery_are_named() -> None:
    right = sent(EXAMPLE)
    changed = {**EXAMPLE, "timestamp": "2025-07-15", "extra": "x"}
    pasted = replace(right, body=json.dumps(changed))

    diagnosis = found(pasted, sent=right.body.encode())
    assert diagnosis.faults == (Fault.CHANGED,)
    assert diagnosis.changed == ("timestamp", "extra")


def test_a_truncated_body_is_distinguished_from_a_changed_one() -> None:
    right = sent(EXAMPLE)
    pasted = replace(right, body=right.body[:90])

    assert found(pasted, sent=right.body.encode()).faults == (Fault.TRUNCATED_BODY,)
    assert diagnose(pasted).faults == (Fault.NOT_JSON, Fault.NOTHING_FITS)


def test_a_header_of_another_delivery_is_named_where_the_body_is_known() -> None:
    right = sent(EXAMPLE)
    pasted = replace(right, header=sent({**EXAMPLE, "event": "x"}).header)

    assert found(pasted, sent=right.body.encode()).faults == (Fault.OTHER_DELIVERY,)
    assert found(pasted).faults == (Fault.NOTHING_FITS,)


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        ("", Fault.NO_SIGNATURE),
        (" \n", Fault.NO_SIGNATURE),
        ("sha256=", Fault.UNREADABLE_HEADER),
        ("sha256=abc", Fault.UNREADABLE_HEADER),
        ("undefined", Fault.UNREADABLE_HEADER),
        ("sha256=" + "é" * 64, Fault.UNREADABLE_HEADER),
    ],
)
def test_a_header_without_a_signature_is_reported(header: str, fault: Fault) -> None:
    assert diagnose(replace(sent(EXAMPLE), header=header)).faults == (fault,)


def test_a_header_may_include_its_name() -> None:
    right = sent(EXAMPLE)

    assert diagnose(replace(right, header=f"X-ShopIQ-Signature: {right.header}")).matches


@pytest.mark.parametrize("body", ["[" * 20_000, '{"a":' * 9_000, "9" * 20_000, "{'event': 'x'}"])
def test_a_malicious_body_gets_a_diagnosis(body: str) -> None:
    assert Fault.NOTHING_FITS in diagnose(replace(sent(EXAMPLE), body=body)).faults


def test_whitespace_in_the_registered_secret_is_diagnosed() -> None:
    pasted = replace(sent(EXAMPLE, f"{SECRET}\n"), secret=SECRET)

    assert diagnose(pasted, known=[f"{SECRET}\n"]).faults == (Fault.ORDERED_SPACE,)


def test_a_matching_known_secret_is_identified() -> None:
    diagnosis = found(replace(sent(EXAMPLE), secret="no idea"))

    assert (diagnosis.faults, diagnosis.other) == ((Fault.OTHER_SECRET,), 1)
