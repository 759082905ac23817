"""The strict JSON parser."""

from __future__ import annotations

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.api.errors import ApiError
from config.api.parsers import MAX_BYTES, MAX_DEPTH, check_content_type, parse_object


def error_of_body(body: bytes) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        parse_object(body)
    return caught.value.status, caught.value.message


INVALID = "Request body is not valid JSON"
CHARACTER = "Request body contains a character that is not allowed"
NUMBER = "Request body contains a number out of range"
DEEP = "Request body is nested too deeply"
NO_OBJECT = "Request body must be a JSON object"
NOT_UTF8 = "Request body must be UTF-8"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", INVALID),
        (b" ", INVALID),
        (b"{", INVALID),
        (b'{"a":1,}', INVALID),
        (b"{'a':1}", INVALID),
        (b'{"a":1} {"b":2}', INVALID),
        (b'{"a":01}', INVALID),
        (b'{"a":+1}', INVALID),
        (b'{"a":.5}', INVALID),
        (b'{"a":0x1F}', INVALID),
        (b'{"a":tru}', INVALID),
        (b'{"a":"\n"}', INVALID),
        (b'{"a":"\x00"}', INVALID),
        (b'\x00{"a":1}', INVALID),
        (b'{"a":"\\x41"}', INVALID),
        (b'{"a":"unfinished', INVALID),
        (b"// a comment\n{}", INVALID),
        (b"\xef\xbb\xbf{}", INVALID),
        (b"[]", NO_OBJECT),
        (b'[{"a":1}]', NO_OBJECT),
        (b"null", NO_OBJECT),
        (b"true", NO_OBJECT),
        (b"1", NO_OBJECT),
        (b'"text"', NO_OBJECT),
        (b'{"a":NaN}', "Request body contains NaN, which is not JSON"),
        (b'{"a":Infinity}', "Request body contains Infinity, which is not JSON"),
        (b'{"a":-Infinity}', "Request body contains -Infinity, which is not JSON"),
        (b'{"a":1e400}', NUMBER),
        (b'{"a":-1e400}', NUMBER),
        (b'{"a":9223372036854775808}', NUMBER),
        (b'{"a":-9223372036854775809}', NUMBER),
        (b'{"a":1000000000000000000000000000000}', NUMBER),
        (b'{"a":' + b"9" * 200_000 + b"}", NUMBER),
        (b'{"a":1,"a":1}', "Request body repeats a field name"),
        (b'{"a":{"b":1,"b":2}}', "Request body repeats a field name"),
        (b'{"a":1,"\\u0061":1}', "Request body repeats a field name"),
        (b'{"a":"\\u0000"}', CHARACTER),
        (b'{"a":"\\ud800"}', CHARACTER),
        (b'{"a":"\\udfff x"}', CHARACTER),
        (b'{"a":"\\ude00\\ud83d"}', CHARACTER),
        (b'{"a":["\\u0000"]}', CHARACTER),
        (b'{"a":[{"\\ud800":1}]}', CHARACTER),
        (b'{"\\u0000":1}', CHARACTER),
        (b'{"a":"\xff"}', NOT_UTF8),
        (b'{"a":"\xed\xa0\x80"}', NOT_UTF8),
        (b'{"a":"\xc0\x80"}', NOT_UTF8),
        (b'{"a":"\xe9"}', NOT_UTF8),
        ('{"a":1}'.encode("utf-16"), NOT_UTF8),
        ('{"a":1}'.encode("utf-16-le"), INVALID),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", DEEP),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "Request body is too large (maximum 256 KB)"),
        (b"[" * 100_000 + b"]" * 100_000, DEEP),
        (b"[" * 100_000, DEEP),
        (b'{"a":' * 50_000, DEEP),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_anything_but_a_valid_object_is_rejected(body: bytes, message: str) -> None:
    status = 413 if "too large" in message else 400

    assert error_of_body(body) == (status, message)


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b" \r\n\t{ } \n",
        b'{"a":9223372036854775807,"b":-9223372036854775808,"c":-0,"d":1e308,"e":1e-400}',
        b'{"a":"\\ud83d\\ude00 \\\\u0000 \\u00e9"}',
        '{"ключ":"значение","ü":"👟"}'.encode(),
        b'{"a":1,"A":2}',
        b'{"a":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[","b":"{{{{{{"}',
        b'{"a":"\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        b'{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}",
        b'{"a":[' + b"[]," * 50 + b"[]]}",
    ],
    ids=lambda value: repr(value)[:40],
)
def test_valid_objects_are_parsed_as_json(body: bytes) -> None:
    assert parse_object(body) == json.loads(body)


def test_a_body_of_exactly_the_limit_is_accepted() -> None:
    body = b'{"a":"' + b"x" * (MAX_BYTES - 8) + b'"}'
    assert len(body) == MAX_BYTES

    assert len(parse_object(body)["a"]) == MAX_BYTES - 8
    assert error_of_body(body + b" ") == (413, "Request body is too large (maximum 256 KB)")


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 33 + b'"' + b'\\"' * (MAX_BYTES // 2 - 20),
        b"[" * 33 + b'"' + b"\\" * (MAX_BYTES - 40),
        b"[" * 33 + b'"\\' * (MAX_BYTES // 2 - 20),
        b"[]" * 17 + b'"' * (MAX_BYTES - 40),
        b"[" + b"1," * (MAX_BYTES // 2 - 2) + b"1]",
        b'{"a":1.' + b"1" * (MAX_BYTES - 10) + b"}",
        b'{"a":' + b"1" * (MAX_BYTES - 20) + b"e-199999}",
        b'{"a":"' + b"\\u0041" * (MAX_BYTES // 6 - 4) + b'"}',
    ],
    ids=lambda value: repr(value)[30:60],
)
def test_every_body_is_parsed_quickly(body: bytes) -> None:
    started = time.process_time()
    with suppress(ApiError):
        parse_object(body)

    assert time.process_time() - started < 1


@given(st.binary(max_size=200))
def test_any_bytes_give_an_object_or_a_documented_error(body: bytes) -> None:
    with suppress(ApiError):
        assert isinstance(parse_object(body), dict)


_CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
_NAMES = st.text(_CHARACTERS, max_size=5)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(_CHARACTERS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=5), st.booleans())
def test_every_valid_object_round_trips(value: dict[str, object], ascii: bool) -> None:
    assert parse_object(json.dumps(value, ensure_ascii=ascii).encode()) == value


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=utf8; profile=x",
    ],
)
def test_json_in_utf8_is_the_content_type(content_type: str) -> None:
    check_content_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/jsonp",
        "application/json-patch+json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/xml, application/json",
    ],
)
def test_other_content_types_are_rejected_with_415(content_type: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        check_content_type(content_type)

    assert (caught.value.status, caught.value.message) == (
        415,
        "Content-Type must be application/json",
    )
