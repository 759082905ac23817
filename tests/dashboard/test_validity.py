"""Every page, as owner, visitor and staff see it, is valid by the Nu HTML checker, and so is what
answers a form that is sent empty.

`bin/test tests/dashboard/test_validity.py` lists what is not, by page.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.dashboard.conftest import SeededDashboard
from tests.dashboard.markup import body_of
from tests.dashboard.pages import all_pages, readable
from tests.staff import superuser

pytestmark = pytest.mark.slow

NODE = Path(__file__).with_name("node")
CHECKER = NODE / "node_modules/vnu-jar/build/dist/vnu.jar"
#: Pages of staff that are no list or form of a model.
STAFF_PAGES = ("/admin/", "/admin/search/?q=a", "/admin/reports/", "/admin/mail/")


@pytest.fixture(scope="module")
def java() -> str:
    java = shutil.which("java")
    if java and CHECKER.exists():
        return java
    missing = f"`npm ci` in {NODE.relative_to(Path.cwd())}" if java else "a Java runtime"
    reason = f"Pages are NOT CHECKED by the Nu HTML checker: it needs {missing}."
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def test_pages_are_valid(dashboard: SeededDashboard, java: str, tmp_path: Path) -> None:
    for name, text in read_pages(dashboard):
        (tmp_path / f"{name}.html").write_text(text)

    faults = check(java, tmp_path)
    assert not faults, "\n".join(faults)


def test_the_checker_finds_an_error(java: str, tmp_path: Path) -> None:
    page = "<!doctype html><html lang=en><title>T</title><p hx-get=/x>text"
    (tmp_path / "wrong.html").write_text(page)

    assert "hx-get" in " ".join(check(java, tmp_path))


def read_pages(dashboard: SeededDashboard) -> Iterator[tuple[str, str]]:
    """Yield each HTML page with a name that is a file's."""
    for page in readable(all_pages()):
        yield from read(f"owner-{page.name}", dashboard.owner, page.path(dashboard.own))
        if not page.permission:
            yield from read(f"visitor-{page.name}", dashboard.visitor, page.path(dashboard.own))
    yield from read("visitor-404", dashboard.visitor, "/nowhere")
    yield from read("owner-404", dashboard.owner, "/dashboard/nowhere/")
    staff = superuser()
    for number, path in enumerate((*STAFF_PAGES, *model_pages())):
        yield from read(f"staff-{number}-{path.strip('/').replace('/', '-')}"[:80], staff, path)
    yield from refused_forms(dashboard)


def refused_forms(dashboard: SeededDashboard) -> Iterator[tuple[str, str]]:
    """Yield the responses to forms without input, where that is no input that they accept."""
    for page in all_pages():
        if "POST" in page.methods and page.name != "account_logout":
            path = page.path(dashboard.own)
            for name in ("owner", *([] if page.permission else ["visitor"])):
                response = getattr(dashboard, name).post(path)
                yield from html_of(f"{name}-refused-{page.name}", response)


def model_pages() -> Iterator[str]:
    """Yield each list of the administration, the form of one row, and the form to add one."""
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        names: list[tuple[str, list[Any]]] = [("changelist", []), ("add", [])]
        if (row := model._default_manager.first()) is not None:
            names.append(("change", [row.pk]))
        for name, args in names:
            try:
                yield reverse(f"{place}_{name}", args=args)
            except NoReverseMatch:
                continue


def read(name: str, client: Client, path: str) -> Iterator[tuple[str, str]]:
    yield from html_of(name, client.get(path))


def html_of(name: str, response: Any) -> Iterator[tuple[str, str]]:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    if is_html and (text := body_of(response).decode()):
        yield name, text


def check(java: str, folder: Path) -> list[str]:
    """Return the errors and warnings in the pages of a folder."""
    command = [java, "-Xss8m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(CHECKER)]
    options = ["--format", "json", "--skip-non-html", str(folder)]
    run = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    messages = json.loads(run.stderr)["messages"]
    found = {
        f"{Path(each.get('url', '')).stem}: {each['message']} {each.get('extract', '')[:160]!r}"
        for each in messages
    }
    return sorted(found)
