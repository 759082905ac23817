"""Kill everything at random during deployments, then check every webhook.

`python -m benchmarks.deploy_harness --deployments 1000 --kills 50 --seconds 900`: while shops are
deployed, workers (leader, child, whole group), the sweeper and PostgreSQL are killed by SIGKILL,
and the receiver fails 30 % of the time. Exit code 0 means that every shop is live, and that each of
its events arrived in order, with one id and signed. `--builder tiny` builds tiny shops.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.kill_harness import exit_with, keep_for, print_findings, print_table
from benchmarks.shops.platform import TARGETS, ShopPlatform

if TYPE_CHECKING:
    from benchmarks.kills.verdict import Finding
    from benchmarks.shops.receiver import Receiver
    from benchmarks.shops.requests import DeploymentRequests

WEBHOOK_SECONDS = 2
FAILING_SHARE = 0.3
#: Short leases, so that interrupted work continues soon; so many attempts that no event fails.
ENVIRONMENT = {
    "WEBHOOK_TIMEOUT_SECONDS": str(WEBHOOK_SECONDS),
    "WEBHOOK_RETRY_SECONDS": ",".join(["0.2", "0.5", *["1"] * 28]),
    "LOG_LEVEL": "CRITICAL",
    "ALLOW_LOOPBACK_URLS": "true",
}
STEP_SECONDS = {"static": "8", "tiny": "2"}
#: The share of the time, and the seconds per deployment, over which requests and kills are spread;
#: the rest of the time is for unfinished work.
BUSY_SHARE, BUSY_SECONDS = 0.5, 0.5


def main() -> int:
    options = _options()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}, at most {options.seconds:g} s", flush=True)
    begin = time.monotonic()
    with _platform(options.builder) as platform:
        receiver, requests = _set_up(platform, options, dice)
        with receiver.running() as requests.url:
            thread = requests.start()
            platform.keep()
            kills = _attack(platform, options, dice, thread)
            _wait_for_the_end(platform, receiver, requests, begin + options.seconds)
        seconds = time.monotonic() - begin
        findings = _judge(platform, receiver, requests)
    print_table("kills", kills)
    print_table("failures of the receiver", receiver.failures)
    _print_numbers(receiver, requests, seconds)
    return print_findings(findings)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.deploy_harness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--deployments", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=900.0, help="at most, in all (900)")
    parser.add_argument("--builder", choices=sorted(STEP_SECONDS), default="static")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    return parser.parse_args()


@contextmanager
def _platform(builder: str) -> Iterator[ShopPlatform]:
    """Run a separate platform in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="shopiq-deploys-"))
    folder.chmod(0o711)  # PostgreSQL's user must be able to enter
    env = ENVIRONMENT | {
        "DEPLOY_STEP_SECONDS": STEP_SECONDS[builder],
        "SITES_ROOT": str(folder / "sites"),
        "BUILDS_ROOT": str(folder / "builds"),
        "DJANGO_SETTINGS_MODULE": {
            "static": "config.settings",
            "tiny": "benchmarks.shops.settings",
        }[builder],
    }
    platform = ShopPlatform(folder, env)
    try:
        platform.prepare()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _set_up(
    platform: ShopPlatform, options: argparse.Namespace, dice: random.Random
) -> tuple[Receiver, DeploymentRequests]:
    os.environ.update(platform.env)
    import django

    django.setup()
    from benchmarks.shops.receiver import Receiver
    from benchmarks.shops.requests import DeploymentRequests

    pause = _busy_seconds(options) / options.deployments
    receiver = Receiver(FAILING_SHARE, WEBHOOK_SECONDS + 0.5, random.Random(dice.random()))
    return receiver, DeploymentRequests(options.deployments, pause, url="")


def _busy_seconds(options: argparse.Namespace) -> float:
    return float(min(options.seconds * BUSY_SHARE, options.deployments * BUSY_SECONDS))


def _attack(
    platform: ShopPlatform,
    options: argparse.Namespace,
    dice: random.Random,
    requests: threading.Thread,
) -> Counter[str]:
    """Kill at random times while deployments are requested; each target once before any repeats."""
    kills: Counter[str] = Counter()
    targets: list[str] = []
    pause = _busy_seconds(options) / (options.kills + 1)
    while kills.total() < options.kills:
        keep_for(platform, dice.uniform(0.3 * pause, 1.7 * pause))
        targets = targets or dice.sample(TARGETS, len(TARGETS))
        target = targets.pop()
        kills[target] += platform.kill(target, dice)
    while requests.is_alive():
        keep_for(platform, 0.1)
    return kills


def _wait_for_the_end(
    platform: ShopPlatform, receiver: Receiver, requests: DeploymentRequests, end: float
) -> None:
    """Wait until everything is live and accepted, or the time is up."""
    while time.monotonic() < end:
        keep_for(platform, 0.2)
        if len(receiver.accepted) >= 3 * requests.count and not _is_busy(platform):
            return
    requests.stop()


def _is_busy(platform: ShopPlatform) -> bool:
    with platform.database() as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM integrations_webhookdelivery WHERE state = 'pending')"
            " OR EXISTS (SELECT FROM deployments_deployment WHERE state NOT IN ('live', 'failed'))"
        ).fetchone()
    return row is None or bool(row[0])


def _judge(
    platform: ShopPlatform, receiver: Receiver, requests: DeploymentRequests
) -> list[Finding]:
    from benchmarks.shops.verdict import judge

    folder = Path(platform.env["SITES_ROOT"]).parent
    platform.wait_for_database()
    return judge(platform.server.url, list(receiver.arrivals), requests.requested, folder)


def _print_numbers(receiver: Receiver, requests: DeploymentRequests, seconds: float) -> None:
    from benchmarks.shops.verdict import count_repeats

    print(f"\n{'deployments':<24}{len(requests.requested):>8}")
    print(f"{'events accepted':<24}{len(receiver.accepted):>8}")
    print(f"{'requests':<24}{len(receiver.arrivals):>8}")
    print(f"{'repeats after a success':<24}{count_repeats(receiver.arrivals):>8}")
    print(f"{'seconds':<24}{seconds:>8.0f}")


if __name__ == "__main__":
    exit_with(main)
