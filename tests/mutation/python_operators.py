"""Changes of Python code that a good test notices."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

Change = tuple[int, int, str]

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}
#: Instead, where a clock is read: no test can stop it at the very moment that is compared.
_OF_CLOCKS: dict[type[ast.cmpop], str] = {
    ast.Lt: ">=",
    ast.LtE: ">",
    ast.Gt: "<=",
    ast.GtE: "<",
}
_CLOCKS = re.compile(r"\b(?:time\.time|time\.monotonic|timezone\.now|database_now)\(\)")
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "//",
    ast.FloorDiv: "*",
    ast.Mod: "*",
}
#: Methods of a queryset without which it still is one.
_NARROWING = {"filter", "exclude", "order_by", "select_for_update", "locked", "of", "distinct"}
#: With a stronger lock more others wait, and the result is the same. A row whose key comes from a
#: default is inserted even if Django is not told to. `zip` checks what never happens.
_EQUIVALENT_KEYWORDS = {"no_key", "force_insert", "strict"}
_LOGGERS = {"log", "logger", "warnings"}
#: How much is done at a time: with another number it takes longer, and the result is the same.
_SPEEDS = {"_BATCH"}
#: Calls that only change how long the rest takes.
_SPEED_CALLS = {"prefetch_related_objects", "time.sleep"}


def find_changes(source: str) -> Iterator[Change]:
    """`(start, end, replacement)` in characters, for each place that can be changed."""
    finder = _Finder(source)
    finder.visit(ast.parse(source))
    yield from finder.changes


class _Finder(ast.NodeVisitor):
    def __init__(self, source: str) -> None:
        self.source = source
        self.changes: list[Change] = []
        self._same_rows: list[ast.expr] = []
        self._line_starts = [0]
        for line in source.splitlines(keepends=True):
            self._line_starts.append(self._line_starts[-1] + len(line))

    def visit_Compare(self, node: ast.Compare) -> None:
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, operands[1:], strict=False):
            between = (self._end(left), self._start(right))
            has_clock = any(_CLOCKS.search(self._text(operand)) for operand in (left, right))
            others = {**_COMPARISONS, **_OF_CLOCKS} if has_clock else _COMPARISONS
            if "\n" not in self.source[slice(*between)]:
                closing, opening = self._parentheses(*between)
                self._change(*between, f"{closing} {others[type(operator)]} {opening}")
        self.generic_visit(node)

    def _parentheses(self, begin: int, end: int) -> tuple[str, str]:
        """Return those that close the operand before an operator and open the one after it."""
        text = self.source[begin:end]
        closing, opening = len(text) - len(text.lstrip(") ")), len(text.rstrip("( "))
        return text[:closing].strip(), text[opening:].strip()

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        word, other = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._swap(self._end(left), self._start(right), word, other)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if other := _ARITHMETIC.get(type(node.op)):
            words = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"}
            self._swap(self._end(node.left), self._start(node.right), words[type(node.op)], other)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            self._replace(node, self._text(node.operand))
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        if not node.orelse and all(_is_log(statement) for statement in node.body):
            return  # it decides about a log line alone
        if self._text(node.test) == "TYPE_CHECKING":
            return
        self._negate(node.test)
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """Without decorators: a data class that is not frozen does the same."""
        for statement in node.body:
            self.visit(statement)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._negate(node.test)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self._replace(node, str(not node.value))
        # A hexadecimal number is a name, such as that of a lock; another one is as good.
        elif isinstance(node.value, int) and not self._text(node).startswith("0x"):
            self._replace(node, str(node.value + 1))

    def visit_Return(self, node: ast.Return) -> None:
        if node.value is not None and not isinstance(node.value, ast.Constant):
            self._replace(node, "return None")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Constant) or _is_log(node):
            return
        if isinstance(node.value, ast.Call) and self._text(node.value.func) not in _SPEED_CALLS:
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if _names(node) & _SPEEDS:
            return
        if any(isinstance(target, ast.Attribute) for target in node.targets):
            self._replace(node, "pass")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if self._text(function).startswith("secrets.token_"):
            return  # a longer secret is as good
        if isinstance(function, ast.Attribute) and isinstance(
            function.value, ast.Call | ast.Attribute
        ):
            if _names_a_row(node):  # whosever it is: `rows.of(partner_id).filter(pk=…)`
                self._same_rows.append(function.value)
            is_same = function.attr == "of" and node in self._same_rows
            if function.attr in _NARROWING and not is_same:
                self._replace(node, f"{self._text(function.value)}.all()")
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in _EQUIVALENT_KEYWORDS:
            self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arguments(self, node: ast.arguments) -> None:
        for default in (*node.defaults, *filter(None, node.kw_defaults)):
            self.visit(default)

    def _negate(self, test: ast.expr) -> None:
        if not isinstance(test, ast.Compare | ast.UnaryOp):
            self._replace(test, f"not ({self._text(test)})")

    def _swap(self, start: int, end: int, word: str, other: str) -> None:
        at = self.source.find(word, start, end)
        if at >= 0:
            self._change(at, at + len(word), other)

    def _replace(self, node: ast.expr | ast.stmt, replacement: str) -> None:
        self._change(self._start(node), self._end(node), replacement)

    def _change(self, start: int, end: int, replacement: str) -> None:
        self.changes.append((start, end, replacement))

    def _text(self, node: ast.expr) -> str:
        return self.source[self._start(node) : self._end(node)]

    def _start(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.lineno, node.col_offset)

    def _end(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self._offset(node.end_lineno, node.end_col_offset)

    def _offset(self, line: int, column: int) -> int:
        """In characters; `ast` counts the bytes of a line."""
        start = self._line_starts[line - 1]
        text = self.source[start : self._line_starts[line]]
        return start + len(text.encode()[:column].decode())


def _names_a_row(call: ast.Call) -> bool:
    return any(keyword.arg in {"pk", "id"} for keyword in call.keywords)


def _names(node: ast.Assign) -> set[str]:
    return {target.id for target in node.targets if isinstance(target, ast.Name)}


def _is_log(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and isinstance(node.value.func.value, ast.Name)
        and node.value.func.value.id in _LOGGERS
    )
