"""Stylesheets and scripts that are put together from parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from config.pages.joined import JoinedFinder
from config.pages.scripts import ScriptsFinder
from config.pages.styles import JoinedStylesFinder

Join = Callable[..., str]


@pytest.fixture
def join(tmp_path: Path) -> Join:
    """Return what the browser gets of files with these texts."""

    def joined(kind: type[JoinedFinder], *texts: str) -> str:
        files = [tmp_path / str(number) for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)

        class Finder(kind):  # type: ignore[misc, valid-type]
            name = f"{tmp_path.name}.txt"

            def parts(self) -> Sequence[Path]:
                return files

        finder = Finder()
        found: str = finder.find(finder.name)
        return Path(found).read_text()

    return joined


def test_a_stylesheet_is_loaded_without_comments_and_indentation(join: Join) -> None:
    first = '/* Of all\n   pages. */\na {\n  content: "//"; /* two */\n\n  top: 0;\n}\n'
    sheet = join(JoinedStylesFinder, first, "b {\n  top: 1px;\n}\n")
    assert sheet.split("\n") == [
        "", "a {", 'content: "//"; ', "top: 0;", "}", "b {", "top: 1px;", "}", "",
    ]  # fmt: skip


def test_a_script_is_loaded_without_lines_that_are_comments(join: Join) -> None:
    first = "// Of all pages.\nlet a = 1; // one\n  // two\nopen('https://a.example')\n"
    script = join(ScriptsFinder, first, "let b = `\n  2`;\n")
    assert script == ("let a = 1; // one\nopen('https://a.example')\n\n;\nlet b = `\n  2`;\n")
