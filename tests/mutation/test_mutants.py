"""Mutants are what they should be, and a sample can be drawn again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection

from tests.database import NO_DATABASE
from tests.mutation import python_operators, sql_operators
from tests.mutation.equivalent import REASONS
from tests.mutation.mutants import find_mutants, sample_mutants
from tests.mutation.preloaded import pair_functions
from tests.mutation.run import (
    BrokenRun,
    Result,
    Verdict,
    read_result,
)
from tests.mutation.selection import Selection, is_run_at_import

ROOT = Path(__file__).resolve().parents[2]


def python_mutants(source: str) -> set[str]:
    return {
        source[:start] + new + source[end:]
        for start, end, new in python_operators.find_changes(source)
    }


def sql_mutants(body: str) -> set[str]:
    source = f"CREATE FUNCTION f() AS $$ {body} $$;"
    return {
        (source[:start] + new + source[end:]).split("$$")[1].strip()
        for start, end, new in sql_operators.find_changes(source)
    }


@pytest.mark.parametrize(
    ("source", "mutant"),
    [
        ("x = a < b", "x = a <= b"),
        ("x = a and b", "x = a or b"),
        ("x = a + b", "x = a - b"),
        ("x = not a", "x = a"),
        ("if a:\n    f()", "if not (a):\n    f()"),
        ("x = 3", "x = 4"),
        ("x = True", "x = False"),
        ("f()", "pass"),
        ("row.state = new", "pass"),
        ("def f():\n    return g()", "def f():\n    return None"),
        ("x = rows.objects.filter(a=1)", "x = rows.objects.all()"),
        ("x = time.time() < a", "x = time.time() >= a"),
    ],
)
def test_a_change_of_python(source: str, mutant: str) -> None:
    assert mutant in python_mutants(source)


def test_whose_a_row_is_makes_no_difference_to_a_row_named_by_its_key() -> None:
    assert "x = rows.objects.all().filter(pk=a)" not in python_mutants(
        "x = rows.objects.of(p).filter(pk=a)"
    )
    assert "x = rows.objects.all().filter(b=a)" in python_mutants(
        "x = rows.objects.of(p).filter(b=a)"
    )
    assert "x = rows.objects.all().get(pk=a)" in python_mutants(
        "x = rows.objects.select_for_update().get(pk=a)"
    )


@pytest.mark.parametrize(
    "source",
    [
        'log.info("done")',
        '"""A docstring."""',
        "x: int",
        "x = f(no_key=True)",
        "x = 0x10",
        "_BATCH = 100",
        "time.sleep(pause)",
        'if a:\n    log.info("done")',
        "if TYPE_CHECKING:\n    import a",
        "x = secrets.token_hex(16)",
    ],
)
def test_what_says_nothing_about_behaviour_stays(source: str) -> None:
    assert python_mutants(source) == set()


@pytest.mark.parametrize(
    ("body", "mutant"),
    [
        ("x := a >= b;", "x := a > b;"),
        ("PERFORM FROM t FOR NO KEY UPDATE;", "PERFORM FROM t ;"),
        ("x := least(a, b);", "x := greatest(a, b);"),
        ("IF NOT a THEN", "IF  a THEN"),
        ("LIMIT 1", "LIMIT 2"),
        ("x := a >>= b;", "x := a >> b;"),
        ("t := clock_timestamp(); x := a <= t;", "t := clock_timestamp(); x := a > t;"),
    ],
)
def test_a_change_of_sql(body: str, mutant: str) -> None:
    assert mutant in sql_mutants(body)


@pytest.mark.parametrize(
    "body", ["-- a = 1\nRAISE 'a = 1';", "UPDATE t SET a = b, c = d", "USING ERRCODE = e"]
)
def test_comments_texts_and_assignments_in_sql_stay(body: str) -> None:
    assert sql_mutants(body) == set()


@pytest.mark.slow
def test_every_python_mutant_of_the_product_is_python() -> None:
    for mutant in find_mutants(ROOT):
        if mutant.path.suffix == ".py":
            ast.parse(mutant.apply_to((ROOT / mutant.path).read_text()))


@pytest.mark.slow
@pytest.mark.django_db
def test_every_sql_mutant_of_the_product_is_sql() -> None:
    with connection.cursor() as cursor:
        for mutant in find_mutants(ROOT):
            if mutant.path.suffix == ".sql":
                cursor.execute(mutant.apply_to((ROOT / mutant.path).read_text()))


def test_what_runs_at_import_is_told_from_what_tests_run() -> None:
    source = "LIMIT = 3\n\ndef f(\n    a=LIMIT,\n):\n    return a\n"
    assert [line for line in range(1, 7) if is_run_at_import(source, line)] == [1, 2, 3, 4, 5]


@pytest.mark.slow
def test_the_same_seed_draws_the_same_mutants() -> None:
    first, again = (sample_mutants(ROOT, size=20, seed=7) for _ in range(2))
    assert first == again
    assert sample_mutants(ROOT, size=20, seed=8) != first


def test_what_is_nearest_to_a_change_is_run_first() -> None:
    [mutant] = sample_mutants(ROOT, size=1, seed=1, patterns=["billing/services/prices.py"])
    nearest, others = Selection(ROOT).rounds_for(mutant)
    assert "tests/billing/test_prices.py" in nearest
    assert "tests/billing/test_ledger_page.py" in others


def test_a_function_is_changed_in_memory_wherever_it_is_held() -> None:
    before = "def limit(a):\n    b = 1\n    return min(a, b)\n\ndef other():\n    return [1]\n"
    after = before.replace("b = 1", "b = 2")
    changed = pair_functions(before, after)
    assert 2 in changed["limit", 1].co_consts
    assert changed["other", 5].co_code


@pytest.mark.slow
def test_every_equivalent_mutant_exists() -> None:
    assert set(REASONS) <= {mutant.key for mutant in find_mutants(ROOT)}


def test_the_test_that_noticed_is_named() -> None:
    output = (
        "ERROR    a:a.py:1 logged\nFAILED tests/a/test_a.py::test_b - assert 1 == 2\n1 failed\n"
    )
    assert read_result(1, output) == Result(Verdict.KILLED, "tests/a/test_a.py::test_b")
    assert read_result(0, "1 passed") == Result(Verdict.SURVIVED)


def test_the_name_of_a_test_may_have_spaces_and_dashes() -> None:
    output = "FAILED tests/a/test_a.py::test_b[x - y] - assert [1] == [2]\n1 failed\n"
    assert read_result(1, output).failed_test == "tests/a/test_a.py::test_b[x - y]"
    cut = "FAILED tests/a/test_a.py::test_long\n!!!! stopping after 1 failures !!!!\n"
    assert read_result(1, cut).failed_test == "tests/a/test_a.py::test_long"


def test_a_test_that_ran_out_of_time_has_killed_nothing() -> None:
    output = (
        "E   Failed: Timeout (>120.0s) from pytest-timeout.\n"
        "FAILED tests/a/test_a.py::test_b - Fai...\n1 failed\n"
    )
    assert read_result(1, output) == Result(Verdict.TIMED_OUT, "tests/a/test_a.py::test_b")


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("TypeError: can't multiply sequence by non-int", Verdict.INVALID),
        ("NameError: name 'x' is not defined", Verdict.INVALID),
        ("ImproperlyConfigured: two jobs have this name", Verdict.KILLED),
    ],
)
def test_a_mutant_that_makes_no_sense_is_told_from_one_that_a_check_refuses(
    error: str, verdict: Verdict
) -> None:
    loading = f"ImportError while loading conftest '/tests/conftest.py'.\nE   {error}\n"
    assert read_result(pytest.ExitCode.USAGE_ERROR, loading).verdict is verdict
    assert read_result(1, f"Traceback (most recent call last):\n{error}\n").verdict is verdict
    collecting = f"{loading}ERROR tests/a/test_a.py - {error}\n1 error\n"
    assert read_result(pytest.ExitCode.INTERRUPTED, collecting).verdict is verdict
    in_a_test = f"E   {error}\nFAILED tests/a/test_a.py::test_b - {error}\n1 failed\n"
    assert read_result(pytest.ExitCode.TESTS_FAILED, in_a_test).verdict is Verdict.KILLED


@pytest.mark.parametrize(
    ("code", "output"),
    [
        (pytest.ExitCode.USAGE_ERROR, "ERROR: not found: tests/a/test_a.py::test_gone"),
        (pytest.ExitCode.INTERNAL_ERROR, "INTERNALERROR> OSError: No space left on device"),
        (pytest.ExitCode.TESTS_FAILED, f"E config.PostgresError: {NO_DATABASE}: no space"),
    ],
)
def test_tests_that_could_not_run_are_no_verdict(code: int, output: str) -> None:
    with pytest.raises(BrokenRun):
        read_result(code, output)
