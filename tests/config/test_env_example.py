"""`.env.example` lists every variable that the code reads, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_READ = re.compile(
    r"""(?:\benv(?:\.\w+)?\(|\bwhole_number\(|\benviron(?:\.get\(|\[))\s*f?["']([A-Z][A-Z0-9_]+)["']"""
)
#: Set by the platform for its own processes, or by the machine for every program.
INTERNAL = {
    "SHOPIQ_CHECKED",
    "SHOPIQ_INSTANCE",
    "SHOPIQ_PROCESS",
    "PROMETHEUS_MULTIPROC_DIR",
    "SHOPIQ_SUPERVISED",
    "PATH",
    "DJANGO_SETTINGS_MODULE",
}
_LINE = re.compile(r"#?([A-Z][A-Z0-9_]+)=\S*(?: .*)?\Z")


def read_in_code() -> set[str]:
    """Names of variables in the product's code; `bin/` has its own for continuous integration."""
    rooms = ("config", "accounts", "integrations", "billing", "deployments", "imaging")
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    return {name for file in files for name in _READ.findall(file.read_text())} - INTERNAL


def lines() -> list[str]:
    return (ROOT / ".env.example").read_text().splitlines()


def listed() -> list[str]:
    return [match[1] for line in lines() if (match := _LINE.match(line))]


def test_the_search_finds_variables_of_every_spelling() -> None:
    assert {"SECRET_KEY", "DB_POOL_SIZE", "SHOPIQ_DATA", "BIND", "GRACE_SECONDS"} <= read_in_code()


def test_every_variable_that_the_code_reads_is_listed() -> None:
    assert read_in_code() - set(listed()) == set()


def test_no_unused_variable_is_listed() -> None:
    assert set(listed()) - read_in_code() == set()


def test_each_is_listed_once() -> None:
    assert len(listed()) == len(set(listed()))


@pytest.mark.parametrize("name", listed() if (ROOT / ".env.example").exists() else [])
def test_each_variable_has_a_comment(name: str) -> None:
    text = lines()
    [place] = [number for number, line in enumerate(text) if re.match(rf"#?{name}=", line)]
    assert re.match(r"# \w", text[place - 1])
