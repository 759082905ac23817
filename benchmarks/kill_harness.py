"""Kill everything at random during live calls, then account for every point.

`python -m benchmarks.kill_harness --seconds 120`: web, worker, sweeper and PostgreSQL die by
SIGKILL again and again while partners make live calls. Exit code 0 means that the ledger is
equal, nothing is reserved, nothing was refunded twice and no client was charged for an error;
1 that something is wrong; 3 that the harness itself crashed.
With `--break-refund` the same run must end with 1: this proves that the harness notices.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from benchmarks.kills.clients import LOST, UNREACHABLE, Caller, Crowd
from benchmarks.kills.model import MoodyGemini
from benchmarks.kills.platform import PATIENCE_SECONDS, TARGETS, Platform
from benchmarks.kills.sabotage import BREAKS, break_refund
from benchmarks.kills.verdict import Finding, judge

#: A short deadline and lease, so that interrupted calls are refunded during the run.
SHORT = {"IMAGE_CALL_SECONDS": "3", "IMAGE_LEASE_MARGIN_SECONDS": "2", "LOG_LEVEL": "CRITICAL"}
LEASE_SECONDS = 5.0
#: Seconds until the next kill; fewer in a short run.
PAUSE_SECONDS = (0.5, 5.0)
#: The exit code of a harness that crashed: 0 and 1 are verdicts.
CRASHED = 3


def main() -> int:
    options = _options()
    dice = random.Random(options.seed)
    print(f"seed {options.seed}, {options.seconds:g} s under attack", flush=True)
    with MoodyGemini(dice) as model, _platform(model.environment | SHORT) as platform:
        callers = _make_callers(platform)
        if options.break_refund:
            with platform.database() as connection:
                break_refund(connection, options.break_refund)
        platform.wait_until_serving()
        crowd = Crowd(platform.url, callers, size=options.clients, dice=dice)
        kills = _attack(platform, crowd, options.seconds, dice)
        _settle(platform, crowd)
        platform.wait_for_database()
        findings, charges = judge(platform.server.url, crowd.attempts, crowd.open_calls)
        findings.append(_check_ledger(platform))
    print_table("kills", kills)
    print_table("responses", Counter(_name(attempt.status) for attempt in crowd.attempts))
    print_table("charges", Counter(charge.state for charge in charges))
    return print_findings(findings)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.kill_harness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=120.0, help="under attack (120)")
    parser.add_argument("--clients", type=int, default=16, help="calling at the same time (16)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument(
        "--break-refund",
        nargs="?",
        const="unrestored",
        choices=sorted(BREAKS),
        help="damage the refund first: the run must then fail",
    )
    return parser.parse_args()


@contextmanager
def _platform(env: dict[str, str]) -> Iterator[Platform]:
    """Run a separate platform in a temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="shopiq-kills-"))
    folder.chmod(0o711)  # PostgreSQL's user must be able to enter
    platform = Platform(folder, env)
    try:
        platform.prepare()
        yield platform
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _make_callers(platform: Platform) -> list[Caller]:
    os.environ.update(platform.env, DJANGO_SETTINGS_MODULE="config.settings")
    import django

    django.setup()
    from benchmarks.kills.partners import make_callers

    return make_callers()


def _attack(platform: Platform, crowd: Crowd, seconds: float, dice: random.Random) -> Counter[str]:
    """Call and kill at the same time; each target is killed once before any repeats."""
    kills: Counter[str] = Counter()
    end = time.monotonic() + seconds
    shortest, longest = PAUSE_SECONDS[0], min(PAUSE_SECONDS[1], max(1.0, seconds / 4))
    targets: list[str] = []
    crowd.start()
    while (pause := min(dice.uniform(shortest, longest), end - time.monotonic())) > 0:
        keep_for(platform, pause)
        targets = targets or dice.sample(TARGETS, len(TARGETS))
        target = targets.pop()
        kills[target] += platform.kill(target, dice)
    _stop_crowd(platform, crowd)
    return kills


def keep_for(platform: Platform, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        platform.keep()
        time.sleep(0.05)


def _stop_crowd(platform: Platform, crowd: Crowd) -> None:
    """Restore the platform, then wait for the last calls."""
    platform.wait_until_serving()
    crowd.stop()


def _settle(platform: Platform, crowd: Crowd) -> None:
    """Wait until every lease has expired and been swept, before and after the last retries."""
    _sweep(platform)
    crowd.finish_open_calls()
    _sweep(platform)


def _sweep(platform: Platform) -> None:
    """Wait until the sweeper has settled what is reserved."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (left := _longest_lease(platform)) is not None and time.monotonic() < end:
        if left > 0:
            keep_for(platform, left + 0.1)
            platform.restart_sweeper()  # sooner than its next turn
        else:
            keep_for(platform, 0.5)


def _longest_lease(platform: Platform) -> float | None:
    """Return the seconds until the last lease expires; None if nothing is reserved."""
    with platform.database() as connection:
        row = connection.execute(
            "SELECT extract(epoch FROM max(lease_until) - clock_timestamp())::float"
            " FROM billing_charge WHERE state = 'reserved'"
        ).fetchone()
    return row[0] if row else None


def _check_ledger(platform: Platform) -> Finding:
    done = platform.manage("check_ledger", "--json")
    is_equal = done.returncode == 0 and json.loads(done.stdout)["ok"]
    return Finding("`check_ledger` agrees", [] if is_equal else [done.stdout or done.stderr])


def _name(status: int) -> str:
    return {LOST: "lost", UNREACHABLE: "unreachable"}.get(status, str(status))


def print_table(title: str, counts: Counter[str]) -> None:
    print(f"\n{title:<24}{counts.total():>8}")
    for name, number in sorted(counts.items()):
        print(f"  {name:<22}{number:>8}")


def print_findings(findings: list[Finding]) -> int:
    print()
    for finding in findings:
        print(f"{'FAIL' if finding.problems else 'ok':<6}{finding.rule}")
        for problem in finding.problems[:3]:
            print(f"        {problem[:300]}")
    is_broken = any(finding.problems for finding in findings)
    print(f"\n{'FAIL' if is_broken else 'PASS'}")
    return int(is_broken)


def exit_with(main: Callable[[], int]) -> NoReturn:
    """Exit with the verdict, or with `CRASHED` if there is none."""
    try:
        sys.exit(main())
    except Exception:  # noqa: BLE001 - a crash of any kind is no verdict
        traceback.print_exc()
        print("\nCRASHED: no verdict")
        sys.exit(CRASHED)


if __name__ == "__main__":
    exit_with(main)
