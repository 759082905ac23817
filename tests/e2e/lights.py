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

from tests.e2e.scenes import Cast, Scene, choose_scenes
from tests.web import WebServer

NODE = Path(__file__).with_name("lighthouse")
FORMS = ("mobile", "desktop")
#: Performance, accessibility, best practices.
LEAST = (99, 100, 100)


def test_every_page_by_lighthouse(live_db: None, site: WebServer, chromium: str) -> None:
    assert (NODE / "node_modules").is_dir(), f"Run `npm ci` in {NODE.relative_to(Path.cwd())}"
    names = os.environ.get("SCENES", "").split()
    cast, scenes = choose_scenes(site, names)
    sys.stdout.write(f"\n{'page':34}{'':9}{'speed':>6}{'access':>8}{'practices':>11}  below\n")
    low = sum(_print(*found) for found in _measure(scenes, cast, site.url, chromium))
    sys.stdout.write(f"{low} of {2 * len(scenes)} below {LEAST}.\n")


def _measure(
    scenes: list[Scene], cast: Cast, url: str, chromium: str
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    node = [shutil.which("node") or "node", str(NODE / "measure.mjs"), chromium]
    with subprocess.Popen(
        node, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        for scene in scenes:
            cookie = cast.browsers[scene.person].cookies.get("sessionid")
            for form in FORMS:
                page = {"url": f"{url}{scene.path}", "form": form}
                page["cookie"] = f"sessionid={cookie.value}" if cookie else ""
                process.stdin.write(f"{json.dumps(page)}\n")
                process.stdin.flush()
                yield scene.name, form, json.loads(process.stdout.readline())


def _print(name: str, form: str, found: dict[str, Any]) -> bool:
    """Print a line; return whether a score is too low."""
    speed, access, practices = found["scores"]
    below = found["error"] or ", ".join(found["failed"])
    sys.stdout.write(f"{name:34}{form:9}{speed:6}{access:8}{practices:11}  {below}\n")
    sys.stdout.flush()
    return any(score < least for score, least in zip(found["scores"], LEAST, strict=True))
