"""Attack a separate platform while twenty honest callers use it, and print what they saw.

`python -m benchmarks.abuse --seconds 20`: slow clients, floods, uploads, pictures that are hard to
decode and refused calls, one after the other, each after as long a time without. On loopback only,
and at bounded rates. Prints success, p50 and p99 of the honest callers with and without,
and what was written beyond their own. Exit code 1 means that a figure misses its target. Run it on
an idle machine: attackers and callers share its cores.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from benchmarks.attacks.attackers import ATTACKS, Target, attacking
from benchmarks.attacks.honest import HonestCallers, Seen
from benchmarks.figures import Figure, render
from benchmarks.kill_harness import exit_with
from benchmarks.kills.platform import Platform
from tests.billing.fake_model import use_model
from tests.imaging.fakes.gemini import FakeGemini
from tests.servers import Reply, serve

#: Far above what honest callers need: limits are not measured here.
_LIMITS = {"requests_per_minute": 1_000_000, "requests_per_day": 100_000_000}


def main() -> int:
    options = _options()
    with FakeGemini() as model, picture_host() as picture, _platform(model.base_url) as platform:
        honest, target = _make_partners(platform, picture)
        platform.wait_until_serving()
        honest.call_for(3)  # a warm-up
        figures = [
            figure
            for name in options.attacks or ATTACKS
            for figure in _measure(platform, honest, target, name, options.seconds)
        ]
    print(render(figures))
    return int(any(figure.passes is False for figure in figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.abuse",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("attacks", nargs="*", metavar="attack", help=", ".join(ATTACKS))
    parser.add_argument("--seconds", type=float, default=20.0, help="of each attack (20)")
    options = parser.parse_args()
    if unknown := set(options.attacks) - set(ATTACKS):
        parser.error(f"no such attack: {', '.join(sorted(unknown))}")
    return options


@contextmanager
def picture_host() -> Iterator[str]:
    buffer = io.BytesIO()
    Image.effect_noise((640, 480), 60).save(buffer, "JPEG")
    reply = Reply(body=buffer.getvalue(), headers={"Content-Type": "image/jpeg"})
    with serve(lambda _: reply) as host:
        yield f"{host.url}/picture.jpg"


@contextmanager
def _platform(model_url: str) -> Iterator[Platform]:
    """Run a separate platform in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="shopiq-abuse-"))
    folder.chmod(0o711)  # PostgreSQL's user must be able to enter
    (folder / "tmp").mkdir(mode=0o1777)
    environment = {"LOG_LEVEL": "CRITICAL", "TMPDIR": str(folder / "tmp")}
    platform = Platform(folder, use_model(model_url) | environment)
    platform.env["WEB_THREADS"] = "256"
    try:
        platform.prepare()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_partners(platform: Platform, picture: str) -> tuple[HonestCallers, Target]:
    os.environ.update(platform.env, DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from django.db import connection

    from tests.factories import bucket, partner_with_keys

    partners = [partner_with_keys(**_LIMITS) for _ in range(2)]
    for keys in partners:
        bucket(keys.partner, 10**8)
    connection.close()
    honest, attacker = partners
    return (
        HonestCallers(platform.url, honest.live, honest.test, picture),
        Target(platform.port, attacker.live, attacker.test),
    )


def _measure(
    platform: Platform, honest: HonestCallers, target: Target, name: str, seconds: float
) -> Iterator[Figure]:
    """Measure without and with the attack, for the same time."""
    before = _written(platform)
    quiet = honest.call_for(seconds)
    between = _written(platform)
    with attacking(name, target):
        attacked = honest.call_for(seconds)
    after = _written(platform)
    for kind, without, beside in zip(("calls", "enhance"), quiet, attacked, strict=True):
        yield from _compare(f"{name}: {kind}", without, beside)
    grown = (after - between) - (between - before)
    yield Figure(f"{name}: MB written beyond the callers' own", max(0.0, grown / 1e6), "<= 5")


def _compare(name: str, without: Seen, beside: Seen) -> Iterator[Figure]:
    failed = without.failures + beside.failures
    failures = ", ".join(f"{count} × {what}" for what, count in failed.items())
    yield Figure(f"{name}: % with status 200", beside.success, "== 100", failures)
    for percent, target in ((50, ""), (99, "<= 3")):
        times = [seen.percentile(percent) for seen in (without, beside)]
        note = f"{times[0]:.0f} → {times[1]:.0f} ms"
        yield Figure(f"{name}: p{percent} ÷ without", times[1] / times[0], target, note)


def _written(platform: Platform) -> float:
    """Return the bytes of the database and of all files except PostgreSQL's."""
    with platform.database() as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    folder = platform.log.parent
    files = (path for path in folder.rglob("*") if folder / "postgres" not in path.parents)
    return float(row[0] if row else 0) + sum(
        path.stat().st_size for path in files if path.is_file()
    )


if __name__ == "__main__":
    exit_with(main)
