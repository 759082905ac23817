"""Statements as files: their signatures, and what a partner can check offline."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from billing.documents import render_statement_pdf
from tests.billing.issued_statements import LAST, issue
from tests.billing.pdf_texts import text_of
from tests.factories import Keys
from tests.users import browser_of, create_user

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("no_delay")

Fetch = Callable[[str], Path]


@pytest.fixture
def fetch(billed: Keys, tmp_path: Path) -> Fetch:
    """Save a file of the last statement, or the public keys, as the owner gets them."""
    statement = issue()[-1]
    browser = browser_of(create_user(billed.partner, role="owner"))

    def save(kind: str) -> Path:
        path = f"/dashboard/points/statements/{statement.pk}.{kind}"
        response: Any = browser.get("/.well-known/signing-keys.json" if kind == "keys" else path)
        assert response.status_code == 200
        file = tmp_path / f"file.{kind}"
        file.write_bytes(b"".join(response) if response.streaming else response.content)
        return file

    return save


def run_script(*files: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "docs/check_statement.py", *files],
        capture_output=True,
        text=True,
        check=False,
    )


def accepts(*files: Path) -> bool:
    done = run_script(*files)
    assert (done.returncode == 0) == ("The statement is genuine." in done.stdout)
    return done.returncode == 0


def test_the_script_of_the_documentation_checks_a_statement_offline(fetch: Fetch) -> None:
    code = (ROOT / "docs/check_statement.py").read_text().partition('"""\n\n')[2]
    assert len(code.splitlines()) <= 30
    keys, statement, entries = fetch("keys"), fetch("json"), fetch("jsonl")
    assert accepts(keys, statement)
    assert accepts(keys, statement, entries)
    assert accepts(keys, fetch("pdf"))

    lines = entries.read_text().splitlines(keepends=True)
    assert len(lines) == 5
    for changed in (
        lines[1:],
        lines[:-1],
        [lines[1], lines[0], *lines[2:]],
        [line.replace('"points":-1500', '"points":-1400') for line in lines],
    ):
        entries.write_text("".join(changed))
        assert not accepts(keys, statement, entries)


def test_the_script_rejects_a_changed_statement(fetch: Fetch) -> None:
    keys, statement, pdf = fetch("keys"), fetch("json"), fetch("pdf")
    text, drawn = statement.read_text(), pdf.read_bytes()
    assert '"points":10000' in text
    for old, new in (
        ('"points":10000', '"points":10001'),
        ('"points":-', '"points":-1'),
        ("Nandi", "N"),
    ):
        statement.write_text(text.replace(old, new, 1))
        assert "InvalidSignature" in run_script(keys, statement).stderr
    place = drawn.index(b"stream\n") + 60
    pdf.write_bytes(drawn[:place] + bytes([drawn[place] ^ 1]) + drawn[place + 1 :])
    assert not accepts(keys, pdf)

    statement.write_text(text)
    keys.write_text(re.sub(r'"x": "[^"]{8}', '"x": "AAAAAAAA', keys.read_text()))
    assert not accepts(keys, statement)


def test_the_files_are_always_the_same_bytes(fetch: Fetch, settings: Any) -> None:
    """Also after a new key has been added."""
    before = {kind: fetch(kind).read_bytes() for kind in ("json", "pdf", "jsonl")}
    settings.SIGNING_KEYS = [
        "2:c2lnbmluZy1mb3ItdGhlLWNoZWNrLW9ubHktMzItYnk=",
        *settings.SIGNING_KEYS,
    ]

    assert {kind: fetch(kind).read_bytes() for kind in before} == before
    assert json.loads(before["json"])["signature"]["kid"] == "1"
    assert [key["kid"] for key in json.loads(fetch("keys").read_bytes())["keys"]] == ["2", "1"]


def test_the_pdf_shows_the_figures(fetch: Fetch) -> None:
    text = text_of(fetch("pdf").read_bytes())

    for shown in ("Statement", f"{LAST:%B %Y}", "−23.00", "+15.00", "+100.00", "Opening balance"):
        assert shown in text


def test_a_statement_of_a_busy_month_has_several_pages(billed: Keys) -> None:
    statement = issue()[0]
    days = [
        {"date": f"2026-01-{day:02d}", "kind": kind, "points": -12_345_678, "entries": 1}
        for day in range(1, 32)
        for kind in ("charge", "reversal", "later_kind")
    ]
    statement.content = json.dumps({**statement.facts, "days": days})
    del statement.facts

    pdf = render_statement_pdf(statement)

    assert pdf.count(b"/Type /Page\n") > 2
    assert "−1,23,456.78" in text_of(pdf)
