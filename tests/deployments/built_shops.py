"""Shops to build, and a reader of what was built."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from config.egress.deadline import Deadline
from deployments.builder.base import BuildInput, Merchant
from deployments.builder.static import StaticShopBuilder

MERCHANT = Merchant(
    business_name="Nova Retail Private Limited",
    email="hello@nova.test",
    phone="+91 98200 12345",
    whatsapp="+91 98200 12345",
    address_lines=("12 Hill Road", "Mumbai 400050", "India"),
    social_links=(("Instagram", "https://social.test/nova"),),
)
VOID = {"meta", "link", "img", "input", "br", "path", "circle"}


def make_build_input(brand_name: str = "Nova Retail", *categories: str, **more: Any) -> BuildInput:
    fields = {
        "identifier": "nova-retail-abc123",
        "production_url": "https://nova-retail-abc123.shop.test",
        "merchant": MERCHANT,
    }
    chosen = categories or ("Fashion & Clothing", "Footwear")
    return BuildInput(brand_name=brand_name, categories=chosen, **{**fields, **more})


def build(build_input: BuildInput, folder: Path, builder: StaticShopBuilder | None = None) -> Path:
    """Builds into `folder`, which is made, and gives it back."""
    folder.mkdir(parents=True)
    (builder or StaticShopBuilder()).build(build_input, folder, deadline=Deadline.after(30))
    return folder


def pages_of(site: Path) -> Iterator[tuple[str, str]]:
    """Root-relative addresses and the pages there."""
    for file in sorted(site.rglob("*.html")):
        path = f"/{file.relative_to(site)}".removesuffix("index.html")
        yield path, file.read_text(encoding="utf-8")


def file_at(site: Path, address: str) -> Path:
    """Return the file that a server sends for a root-relative URL."""
    path = address.partition("#")[0].partition("?")[0].removeprefix("/")
    return site / (f"{path}index.html" if not path or path.endswith("/") else path)


@dataclass
class Reader(HTMLParser):
    """A page's elements in order, the text of some, and what is wrong with its nesting."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if len({name for name, _ in attrs}) < len(attrs):
            self.faults.append(f"an attribute twice: {tag}")
        if tag not in VOID:
            self._open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"unexpected </{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self._open:
            tag = self._open[-1]
            self.texts[tag] = self.texts.get(tag, "") + data
            if tag == "script":
                self.scripts[-1] += data

    def close(self) -> None:
        super().close()
        self.faults += [f"never closed: {tag}" for tag in self._open]

    def values(self, *names: str) -> list[str]:
        return [attrs[name] for _, attrs in self.elements for name in names if name in attrs]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader
