"""A builder that costs nothing, for runs that test what surrounds it."""

from __future__ import annotations

from pathlib import Path

from django.apps import AppConfig

from config.egress.deadline import Deadline
from deployments.builder.base import BuildInput


class TinyBuilder:
    """Writes two pages that name the shop."""

    def build(self, build_input: BuildInput, folder: Path, *, deadline: Deadline) -> None:
        for name in ("index.html", "404.html"):
            (folder / name).write_text(f"<h1>{build_input.brand_name}</h1>")


class TinyShops(AppConfig):
    """Uses that builder."""

    name = "benchmarks.shops"
    label = "tiny_shops"

    def ready(self) -> None:
        from deployments import pipeline

        setattr(pipeline, "configured_builder", TinyBuilder)  # noqa: B010 - it exports no such name
