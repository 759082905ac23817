"""Markdown to HTML: headings with anchors, tables that scroll, highlighted code, tabs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_INFO = re.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')
#: What names a row of a table: a link to the row itself.
_ROW_NAME = re.compile(r"\[`(\w+)`\]\(#\1\)")
#: An address of an endpoint, or a label such as "Errors" above a table.
_ONE_SPAN = re.compile(r"`[^`]+`|\*\*[^*]+\*\*")

_SAMPLE = r'<figure class="code doc-figure" data-copy data-sample="[^"]*"%s>.*?</figure>\n'
#: Neighbouring samples of the same endpoint, or of none.
_SAMPLES = re.compile(
    _SAMPLE % '((?: data-endpoint="[^"]*")?)' + "(?:" + _SAMPLE % r"\1" + ")*", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(slots=True)
class Part:
    """What stands under one heading: its text, and the code that stands beside it."""

    heading: Heading | None
    text: str = ""
    code: str = ""
    #: For the search, without markup: heading and sentences, and what is neither: code and tables.
    plain: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    #: The ids of rows that have some, and the words of their other cells.
    rows: list[tuple[str, str]] = field(default_factory=list)


def read_markdown(source: str) -> list[Token]:
    """Read CommonMark with tables. HTML in it is text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").parse(source)


def render_parts(source: str, *, code_beside: bool, heading_ids: Sequence[str] = ()) -> list[Part]:
    """Render the parts of a page; the first has the title, and no heading of its own.

    Code is put among the paragraphs unless `code_beside`. Headings are named by their words, or in
    turn by `heading_ids`.
    """
    tokens = read_markdown(source)
    taken: set[str] = set()
    ids = iter(heading_ids)
    parts = [Part(None)]
    for start, end in _blocks(tokens):
        block = tokens[start:end]
        if block[0].type == "heading_open" and block[0].tag != "h1":
            parts.append(Part(_heading(block, taken, next(ids, ""))))
        part = parts[-1]
        if rows := _name_rows(block):
            part.rows += rows
        else:
            words = part.plain if _has_sentences(block) else part.facts
            words += [_words(token) for token in block if token.content]
        if block[0].type == "fence" and code_beside:
            part.code += _fence(block[0])
        elif block[0].type == "fence":
            part.text += _fence(block[0])
        elif part.heading and block[0].type == "heading_open":
            part.text += _heading_html(part.heading, _render(block[1:-1]))
        else:
            part.text += _wrap(block, _render(block))
    for part in parts:
        part.code, part.text = _join_tabs(part.code), _join_tabs(part.text)
    return parts


def _name_rows(block: Sequence[Token]) -> list[tuple[str, str]]:
    """Give rows whose first cell names them an id; return the ids, and the words beside them."""
    rows = []
    starts = [place for place, token in enumerate(block) if token.type == "tr_open"]
    for start, end in itertools.pairwise([*starts, len(block)]):
        name, *others = [token for token in block[start:end] if token.type == "inline"]
        if found := _ROW_NAME.fullmatch(name.content):
            block[start].attrSet("id", found[1])
            rows.append((found[1], " ".join(map(_words, others))))
    return rows


def _has_sentences(block: Sequence[Token]) -> bool:
    if block[0].type in {"fence", "table_open"}:
        return False
    return not _ONE_SPAN.fullmatch("".join(token.content for token in block))


def _words(token: Token) -> str:
    if token.children is None:
        return token.content
    return "".join(
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in token.children
    )


def _blocks(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Return the ranges of the outermost blocks."""
    ranges, start = [], 0
    for place, token in enumerate(tokens):
        if token.level == 0 and token.nesting <= 0:
            ranges.append((start, place + 1))
            start = place + 1
    return ranges


def _render(tokens: Sequence[Token]) -> str:
    return str(_renderer.renderer.render(list(tokens), _renderer.options, {}))


_renderer = MarkdownIt("commonmark", {"html": False}).enable("table")


def _heading(block: Sequence[Token], taken: set[str], given: str) -> Heading:
    text = "".join(token.content for token in block[1].children or [])
    base = given or slugify(text) or "section"
    unique = next(
        name for name in (base, *(f"{base}-{n}" for n in range(2, 99))) if name not in taken
    )
    taken.add(unique)
    return Heading(int(block[0].tag[1]), unique, text)


def _heading_html(heading: Heading, inner: str) -> str:
    tag, label = (
        f"h{heading.level}",
        escape(gettext("Link to %(heading)s") % {"heading": heading.text}),
    )
    return (
        f'<{tag} id="{heading.id}">{inner}'
        f'<a class="doc-anchor" href="#{heading.id}" aria-label="{label}">#</a>'
        f"</{tag}>\n"
    )


def _wrap(block: Sequence[Token], html: str) -> str:
    if block[0].type == "table_open":
        label = escape(gettext("Table"))
        return (
            f'<div class="doc-table" tabindex="0" role="group" aria-label="{label}">{html}</div>\n'
        )
    return html


def _fence(token: Token) -> str:
    language, _, rest = token.info.partition(" ")
    options = {name: quoted or bare for name, quoted, bare in _INFO.findall(rest)}
    caption = options.get("title", "")
    sample, endpoint = options.get("sample", ""), options.get("endpoint", "")
    head = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure class="code doc-figure" data-copy{_attribute("sample", sample)}'
        f"{_attribute('endpoint', endpoint)}>{head}"
        f'<pre tabindex="0"><code>{highlight_code(token.content, language)}</code></pre></figure>\n'
    )


def _attribute(name: str, value: str) -> str:
    return f' data-{name}="{escape(value)}"' if value else ""


def highlight_code(text: str, language: str) -> str:
    """Return HTML with the classes of Pygments; text in an unknown language is only escaped."""
    try:
        # PHP without its opening tag is PHP as well.
        options: dict[str, Any] = {"startinline": "<?php" not in text} if language == "php" else {}
        lexer = get_lexer_by_name(language, stripnl=False, **options)
    except ClassNotFound:
        return escape(text)
    return str(highlight(text, lexer, HtmlFormatter(nowrap=True)))


def _join_tabs(html: str) -> str:
    """Put neighbouring samples of one request into a group, which a script turns into tabs."""
    return _SAMPLES.sub(r'<div class="doc-samples">\g<0></div>\n', html)
