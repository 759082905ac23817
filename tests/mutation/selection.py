"""Which tests may notice a change, by the words that they have in common with the code."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.mutation.mutants import Mutant

#: Tests that read SQL and lookups instead of running them, and so have no word in common with them.
READING = ("tests/config/test_lookups.py", "tests/config/test_catalogue.py")
#: Their processes are not changed.
NEVER = ("tests/e2e/", "tests/mutation/")
APPS = ("accounts", "integrations", "billing", "imaging", "deployments")
#: How many of the nearest files are run first; most changes are noticed there.
NEAREST = 12
#: Fixtures that start a server, which takes as long as many tests.
_SERVERS = {"own_server", "web_server"}
#: From a changed function to its callers, to theirs, and to those of these.
_STEPS = 3
#: A name in more functions than these is not looked for.
_MOST_USERS = 15
#: What a word of the changed function counts, compared with its name.
_SHARE_OF_WORDS = 0.25
#: The score of a file of another app that is run: a name that one in ten has, or several.
_RARE = 0.1
_FUNCTION = re.compile(
    r"CREATE (?:OR REPLACE )?FUNCTION (\w+).*?AS \$(\w*)\$.*?\$\2\$", re.IGNORECASE | re.DOTALL
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Function:
    name: str
    first_line: int
    last_line: int
    words: frozenset[str]


class Selection:
    """The files of tests of the tree under `root`, in the order in which a change needs them."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def is_at_import(self, mutant: Mutant) -> bool:
        """Return whether a process that has imported the product has run the changed line."""
        if mutant.path.suffix == ".sql":
            return False
        return is_run_at_import((self.root / mutant.path).read_text(), mutant.lines[0])

    def rounds_for(self, mutant: Mutant) -> list[list[str]]:
        """Two lists of files: the nearest, and all others of the app or with a rare name."""
        changed = self._changed_functions(mutant)
        names = self._callers_of(changed, mutant.path)
        names.add(".".join(mutant.path.with_suffix("").parts))
        inside = {word for function in changed for word in function.words} - names
        own = (f"tests/{mutant.path.parts[0]}/", "tests/test_")
        about = [part[:5] for part in mutant.path.stem.split("_")]
        scores: dict[str, float] = {}
        for path, words in self._words_of_tests.items():
            score = self._rarity(names & words) + sum(part in path for part in about) / 2
            score += _SHARE_OF_WORDS * self._rarity(inside & words)
            if score >= _RARE or path.startswith(own):
                scores[path] = score
        slow = {path for path in scores if self._words_of_tests[path] & _SERVERS}
        reading = READING if _is_read(mutant) else ()
        ordered = sorted(
            scores.keys() - set(reading), key=lambda path: (path in slow, -scores[path], path)
        )
        return [[*reading, *ordered[:NEAREST]], ordered[NEAREST:]]

    def _rarity(self, words: set[str]) -> float:
        """A word that few files have says more than one that many have."""
        return sum(1 / self._files_with[word] for word in words)

    def _changed_functions(self, mutant: Mutant) -> list[_Function]:
        first, last = mutant.lines
        here = self._functions[mutant.path]
        return [each for each in here if each.first_line <= last and first <= each.last_line]

    def _callers_of(self, changed: list[_Function], path: Path) -> set[str]:
        """Name these functions, those that call them, and so on.

        A private name is called in its own file alone. One that many functions use, such as `get`,
        says nothing.
        """
        found = newest = {(each.name, path) for each in changed}
        for _ in range(_STEPS):
            newest = {
                caller
                for name, home in newest
                if len(users := self._users_of[name]) <= _MOST_USERS
                for caller in users
                if not name.startswith("_") or caller[1] == home
            } - found
            found = found | newest
        return {name for name, _ in found}

    @cached_property
    def _users_of(self) -> dict[str, set[tuple[str, Path]]]:
        """Return the functions, and their files, whose code has a word."""
        found: dict[str, set[tuple[str, Path]]] = defaultdict(set)
        for path, functions in self._functions.items():
            for each in functions:
                for word in each.words:
                    found[word].add((each.name, path))
        return found

    @cached_property
    def _functions(self) -> dict[Path, list[_Function]]:
        files = (path for app in APPS for path in (self.root / app).rglob("*.*"))
        readers = {".py": _read_python, ".sql": _read_sql}
        return {
            path.relative_to(self.root): list(readers[path.suffix](path.read_text()))
            for path in files
            if path.suffix in readers and "migrations" not in path.parts
        }

    @cached_property
    def _files_with(self) -> Counter[str]:
        return Counter(word for words in self._words_of_tests.values() for word in words)

    @cached_property
    def _words_of_tests(self) -> dict[str, set[str]]:
        paths = sorted((self.root / "tests").rglob("test_*.py"))
        texts = {str(path.relative_to(self.root)): path.read_text() for path in paths}
        return {
            path: {*_WORD.findall(text), *re.findall(r"^from (\S+) import", text, re.MULTILINE)}
            for path, text in texts.items()
            if not path.startswith(NEVER)
        }


def _is_read(mutant: Mutant) -> bool:
    """Return whether it is SQL, or a lookup without its owner."""
    return mutant.path.suffix == ".sql" or ".of" in mutant.original


def is_run_at_import(source: str, line: int) -> bool:
    """Return whether this line is in no function's body: a constant, a default, a field."""
    functions = (
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return not any(
        function.body[0].lineno <= line <= (function.end_lineno or 0) for function in functions
    )


def _read_python(source: str) -> Iterator[_Function]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            last = node.end_lineno or node.lineno
            text = "\n".join(source.split("\n")[node.lineno - 1 : last])
            yield _Function(node.name, node.lineno, last, frozenset(_WORD.findall(text)))


def _read_sql(source: str) -> Iterator[_Function]:
    for found in _FUNCTION.finditer(source):
        first = source.count("\n", 0, found.start()) + 1
        words = frozenset(_WORD.findall(found[0]))
        yield _Function(found[1], first, first + found[0].count("\n"), words)
