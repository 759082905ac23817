"""Parsing HTML responses and finding errors in them."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from typing import Any

_VOID = {
    *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"),
    *("circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "stop", "use"),
}
#: Elements that may not stand in the other (HTML's content models, as far as we use them).
_NEVER_INSIDE = {"form": {"form"}, "a": {"a", "button"}, "button": {"a", "button"}, "p": set("p")}
_BLOCKS = {"div", "section", "table", "ul", "ol", "dl", "form", "figure", "h1", "h2", "h3", "p"}


class Markup(HTMLParser):
    """A parsed page: `faults` are error messages, `links` the targets of links.

    `fields` are the names of its controls, `filters` those in GET forms of its own.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.links: list[str] = []
        self.fields: set[str] = set()
        self.filters: set[str] = set()
        self._form_asks = False
        self.title = ""
        self._open: list[str] = []
        self._tags: Counter[str] = Counter()
        self._ids: Counter[str] = Counter()
        self.feed(text)
        self.close()
        self._conclude()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._tags[tag] += 1
        if "id" in given:
            self._ids[given["id"]] += 1
        self._check_policy(tag, given)
        self._check_place(tag)
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in ("input", "select", "textarea") and given.get("name"):
            self.fields.add(given["name"])
            if self._form_asks:
                self.filters.add(given["name"])
        elif tag == "form":
            # The search in the header is the same on every page, and has tests of its own.
            is_search = "data-finder" in given
            self._form_asks = given.get("method", "get").lower() == "get" and not is_search
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"] and "svg" not in self._open:
            self.title += data

    def _check_policy(self, tag: str, given: dict[str, str]) -> None:
        """Find what the Content-Security-Policy would block."""
        if tag == "style" or "style" in given:
            self.faults.append(f"inline style in <{tag}>")
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.faults.append("inline script")
        handlers = [name for name in given if name.startswith("on")]
        self.faults += [f"{name} in <{tag}>" for name in handlers]
        for name in ("href", "src", "action", "formaction"):
            if given.get(name, "").strip().lower().startswith(("javascript:", "data:", "//")):
                self.faults.append(f"{name}={given[name][:40]} in <{tag}>")

    def _check_place(self, tag: str) -> None:
        for outer in self._open:
            if tag in _NEVER_INSIDE.get(outer, ()):
                self.faults.append(f"<{tag}> inside <{outer}> at {self.getpos()}")
        if "p" in self._open and tag in _BLOCKS and "svg" not in self._open:
            self.faults.append(f"<{tag}> inside <p> at {self.getpos()}")

    def _conclude(self) -> None:
        self.faults += [f"<{tag}> is never closed" for tag in self._open]
        self.faults += [
            f"id {name} {count} times" for name, count in self._ids.items() if count > 1
        ]
        if self._tags["h1"] != 1:
            self.faults.append(f"{self._tags['h1']} h1")
        if self._tags["main"] != 1:
            self.faults.append(f"{self._tags['main']} main")
        if not self.title.strip(" ·\n").removesuffix("· ShopIQ").strip():
            self.faults.append("no title of its own")


def body_of(response: Any) -> bytes:
    body: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return body
