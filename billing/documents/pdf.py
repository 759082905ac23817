"""Draws a document on an A4 page; lengths are millimetres."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from anyascii import anyascii
from django.conf import settings
from django.utils.translation import get_language
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

from billing.documents.content import Document, Facts, Line, page_label
from config.fonts import LATIN, font_files

_MARGIN = 20.0
_WIDTH = 210.0 - 2 * _MARGIN
_INK, _GREY, _RULE = (24, 28, 36), (104, 112, 124), (218, 222, 228)
#: Description, code, quantity, amount.
_COLUMNS = (78.0, 22.0, 34.0, 36.0)
#: Below these, a row or what follows the table begins a new page.
_LAST_ROW, _LAST_TOTALS = 258.0, 215.0
_MARK = 11.0
#: They choose between forms of the letter before them, and have to be of its font.
_JOINERS = (0x200C, 0x200D)


def draw(document: Document) -> bytes:
    """Draw the PDF: the same bytes for the same document in the same language."""
    number = document.facts[0][1]
    sheet = _Sheet(document.text, f"{document.title} {number}")
    # Without these two the file would contain the time at which it was drawn.
    sheet.set_creation_date(document.made_at)
    sheet.set_title(f"{document.title} {number}")
    sheet.set_author(document.seller[0])
    _draw_head(sheet, document)
    _draw_buyer(sheet, document)
    _draw_table(sheet, document.columns, document.lines)
    _draw_totals(sheet, document)
    _draw_notes(sheet, document)
    return bytes(sheet.output())


class _Sheet(FPDF):
    def __init__(self, text: str, name: str) -> None:
        super().__init__(format="A4")
        self._name, self._fallback = name, ""
        files = font_files(text)
        for family, (regular, bold) in files.items():
            self.add_font(family, fname=regular)
            self.add_font(family, "B", bold)
        if others := [family for family in files if family != LATIN]:
            self.set_fallback_fonts(others, exact_match=False)
            self.set_text_shaping(True)
            for font in (self.fonts[LATIN.lower()], self.fonts[f"{LATIN.lower()}B"]):
                for joiner in _JOINERS:
                    font.cmap.pop(joiner, None)  # type: ignore[union-attr]
        self._letters = self._find_letters(files)
        # Text begins where the rules do.
        self.c_margin = 0.0
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(True, margin=_MARGIN + 4)
        self.set_lang(f"{get_language() or 'en'}-IN")
        self.add_page()

    def footer(self) -> None:
        """Name the document and the page; fpdf calls this at the end of each."""
        y, width = 297.0 - _MARGIN + 4, _WIDTH / 2
        self.rule(y - 2)
        self.write_block(self._name, y=y, width=width, size=8, grey=True)
        page = page_label(self.page_no())
        self.write_block(
            page, x=_MARGIN + width, y=y, width=width, size=8, grey=True, align=Align.R
        )

    def get_fallback_font(self, char: str, style: str = "") -> str | None:
        """Keep a joiner with the letter before it."""
        if ord(char) not in _JOINERS or not self._fallback:
            self._fallback = super().get_fallback_font(char, style) or ""
        return self._fallback or None

    def write_block(
        self,
        text: str,
        *,
        x: float = _MARGIN,
        y: float | None = None,
        width: float = _WIDTH,
        size: float = 9.5,
        bold: bool = False,
        grey: bool = False,
        align: Align = Align.L,
    ) -> float:
        """Write text wrapped within `width`; return the y of the next line."""
        self.set_font(LATIN, "B" if bold else "", size)
        # Otherwise fpdf selects it within the first line only, if that begins in another script.
        self._out(self._set_font_for_page(self.current_font, self.font_size_pt))  # type: ignore[arg-type]
        self.set_text_color(*(_GREY if grey else _INK))
        self.set_xy(x, self.get_y() if y is None else y)
        self.multi_cell(
            width,
            size * 0.5,
            self._printable(text),
            align=align,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )
        return float(self.get_y())

    def _find_letters(self, families: Iterable[str]) -> frozenset[int]:
        """Return the letters of which a font has both weights."""
        letters: set[int] = set()
        for family in families:
            weights = (self.fonts[family.lower()], self.fonts[f"{family.lower()}B"])
            letters |= set.intersection(
                *(set(font.cmap) for font in weights if isinstance(font, TTFFont))
            )
        return frozenset(letters)

    def _printable(self, text: str) -> str:
        """Transliterate letters that the fonts lack, such as Chinese ones."""
        return "".join(
            letter if ord(letter) in self._letters or letter == "\n" else anyascii(letter)
            for letter in text
        )

    def rule(self, y: float, *, x: float = _MARGIN) -> None:
        self.set_draw_color(*_RULE)
        self.set_line_width(0.25)
        self.line(x, y, _MARGIN + _WIDTH, y)


def _draw_head(sheet: _Sheet, document: Document) -> None:
    left, right = 86.0, 74.0
    x = _MARGIN + _WIDTH - right
    mark = Path(settings.BASE_DIR, "static", "img", "mark.svg")
    sheet.image(mark, x=_MARGIN, y=_MARGIN, w=_MARK, h=_MARK)
    below = _MARGIN + _MARK + 4
    below = sheet.write_block(document.seller[0], y=below, width=left, size=12, bold=True) + 1
    for line in document.seller[1:]:
        below = sheet.write_block(line, y=below, width=left, size=9, grey=True) + 0.3
    beside = sheet.write_block(
        document.title, x=x, y=_MARGIN + 0.5, width=right, size=20, align=Align.R
    )
    if document.subtitle:
        beside = sheet.write_block(
            document.subtitle, x=x, y=beside + 0.5, width=right, size=9, grey=True, align=Align.R
        )
    beside = _draw_facts(sheet, document.facts, x, beside + 4, right)
    sheet.set_y(max(below, beside) + 9)


def _draw_facts(sheet: _Sheet, facts: Facts, x: float, y: float, width: float) -> float:
    label = 29.0
    for name, value in facts:
        below = sheet.write_block(name, x=x, y=y, width=label, size=9, grey=True)
        end = sheet.write_block(value, x=x + label, y=y, width=width - label, size=9, align=Align.R)
        y = max(below, end) + 0.8
    return y


def _draw_buyer(sheet: _Sheet, document: Document) -> None:
    y = sheet.write_block(document.buyer_title, size=9, grey=True) + 1
    y = sheet.write_block(document.buyer[0], y=y, width=110, size=11, bold=True)
    for line in document.buyer[1:]:
        y = sheet.write_block(line, y=y + 0.3, width=110)
    sheet.set_y(y + 10)


def _draw_table(sheet: _Sheet, columns: Line, lines: list[Line]) -> None:
    y = _draw_row(sheet, columns, sheet.get_y(), is_head=True)
    sheet.rule(y)
    for line in lines:
        if y > _LAST_ROW:
            sheet.add_page()
            y = _draw_row(sheet, columns, _MARGIN, is_head=True)
            sheet.rule(y)
        y = _draw_row(sheet, line, y + 2.6, is_head=False) + 0.6
        sheet.rule(y)
    sheet.set_y(y)


def _draw_row(sheet: _Sheet, line: Line, y: float, *, is_head: bool) -> float:
    x, bottom = _MARGIN, y
    for place, (text, width) in enumerate(zip(line.cells, _COLUMNS, strict=True)):
        end = sheet.write_block(
            text,
            x=x,
            y=y,
            width=width,
            size=9 if is_head else 10,
            grey=is_head,
            align=Align.R if place > 1 else Align.L,
        )
        x, bottom = x + width, max(bottom, end)
    return bottom + 2


def _draw_totals(sheet: _Sheet, document: Document) -> None:
    x = _MARGIN + _WIDTH - 84
    if sheet.get_y() > _LAST_TOTALS:
        sheet.add_page()
    y = sheet.get_y() + 4
    below = _draw_words(sheet, document, y) if document.words else y
    for name, value in document.totals[:-1]:
        under = sheet.write_block(name, x=x, y=y, width=44, grey=True)
        y = max(under, sheet.write_block(value, x=x + 44, y=y, width=40, align=Align.R)) + 1.6
    sheet.rule(y + 1, x=x)
    name, value = document.totals[-1]
    sheet.write_block(name, x=x, y=y + 3.4, width=40, size=11, bold=True)
    y = sheet.write_block(value, x=x + 38, y=y + 3.4, width=46, size=11, bold=True, align=Align.R)
    sheet.set_y(max(y, below) + 12)


def _draw_words(sheet: _Sheet, document: Document, y: float) -> float:
    below = sheet.write_block(document.words_title, y=y, width=74, size=9, grey=True) + 1
    return sheet.write_block(document.words, y=below, width=74)


def _draw_notes(sheet: _Sheet, document: Document) -> None:
    y = sheet.write_block(document.notes_title, size=9, grey=True) + 1
    for note in document.notes:
        y = sheet.write_block(note, y=y, size=9.5) + 0.8
