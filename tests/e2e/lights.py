"""Measure every page with Lighthouse; only `python -m tests.e2e.scores` runs this file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config.pages.languages import COOKIE
from tests.e2e.scenes import Cast, Scene, choose_scenes
from tests.web import WebServer

NODE = Path(__file__).with_name("lighthouse")
FORMS = [name for name in ("mobile", "desktop") if os.environ.get("FORM") in (None, "", name)]
#: What is measured, and the least that is expected of it.
LEAST = {"performance": 99, "accessibility": 100, "best-practices": 100}


def test_every_page_by_lighthouse(live_db: None, site: WebServer, chromium: str) -> None:
    assert (NODE / "node_modules").is_dir(), f"Run `npm ci` in {NODE.relative_to(Path.cwd())}"
    names = os.environ.get("SCENES", "").split()
    least = {name: score for name, score in LEAST.items() if name != os.environ.get("WITHOUT")}
    cast, scenes = choose_scenes(site, names)
    head = "".join(f"{name:>16}" for name in least)
    sys.stdout.write(f"\n{'page':34}{'':9}{head}  below\n")
    found = _measure(scenes, cast, site.url, [chromium, *least])
    low = sum(_print(*each, list(least.values())) for each in found)
    sys.stdout.write(f"{low} of {len(FORMS) * len(scenes)} below {least}.\n")


def _measure(
    scenes: list[Scene], cast: Cast, url: str, arguments: list[str]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    node = [shutil.which("node") or "node", str(NODE / "measure.mjs"), *arguments]
    with subprocess.Popen(
        node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for scene in scenes:
            cast.sign_in_again(scene.person)
            for form in FORMS:
                page = {"url": f"{url}{scene.path}", "form": form}
                page["cookie"] = _cookies(cast, scene)
                process.stdin.write(f"{json.dumps(page)}\n")
                process.stdin.flush()
                yield scene.name, form, json.loads(process.stdout.readline())


def _cookies(cast: Cast, scene: Scene) -> str:
    """Return the session, and the language to see the page in, as a header has them."""
    session = cast.browsers[scene.person].cookies.get("sessionid")
    cookies = {
        "sessionid": session.value if session else "",
        COOKIE: os.environ.get("PAGES_LANGUAGE", ""),
    }
    return "; ".join(f"{name}={value}" for name, value in cookies.items() if value)


def _print(name: str, form: str, found: dict[str, Any], least: list[int]) -> bool:
    """Print a line; return whether a score is too low."""
    scores = "".join(f"{score:16}" for score in found["scores"])
    below = found["error"] or ", ".join(found["failed"])
    sys.stdout.write(f"{name:34}{form:9}{scores}  {below}\n")
    sys.stdout.flush()
    return any(score < each for score, each in zip(found["scores"], least, strict=True))
