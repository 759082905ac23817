"""Small sites to publish."""

from __future__ import annotations

from pathlib import Path

from config.egress.deadline import Deadline
from deployments.targets.base import Release, Stage
from deployments.targets.local import LocalTarget

SHOP = "nova-retail-abc123"
#: Its hosts under `site_settings`.
PRODUCTION = f"{SHOP}.localhost:8000"
PREVIEW = f"{SHOP}.dev.localhost:8000"
FILES = {
    "index.html": "<h1>Home {}</h1>",
    "404.html": "<h1>Nothing here {}</h1>",
    "about.html": "<h1>About {}</h1>",
    "cart/index.html": "<h1>Cart {}</h1>",
    "assets/shop.3f9a1c07.css": "/* {} */",
    "assets/logo.svg": "<svg>{}</svg>",
    "site.webmanifest": '{{"name": "{}"}}',
}


def make_release(folder: Path, name: str, identifier: str = SHOP, **more: str) -> Release:
    """A site in `folder/name` of which every file says `name`; `more` are further files."""
    site = folder / name
    for path, text in {**FILES, **more}.items():
        file = site / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(name))
    return Release(name, identifier, site)


def publish(root: Path, release: Release, stage: Stage = "production") -> None:
    LocalTarget(root).publish(release, stage, deadline=Deadline.after(20))


def publish_release(folder: Path, name: str, stage: Stage, **more: str) -> Path:
    """Publish it under `folder`; return the folder in which it is served."""
    release = make_release(folder, name, **more)
    publish(folder / "sites", release, stage)
    return folder / "sites" / SHOP / "releases" / name


def names_in(site: Path) -> set[str]:
    """Return the names in the site's files: one name if the site is complete."""
    return {_name_in((site / path).read_text(), text) for path, text in FILES.items()}


def _name_in(text: str, template: str) -> str:
    head, tail = template.format("|").split("|")
    return text.removeprefix(head).removesuffix(tail)
