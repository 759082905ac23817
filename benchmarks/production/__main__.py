"""Boot production on this machine and do to it what operators do, under calls.

    python -m benchmarks.production [--seconds 4] [--only killed promoted] [--from v1.0]

Debian's PostgreSQL, PgBouncer and nginx with the configuration in `deploy/`; a storage that speaks
S3, a mail server and an image model on loopback. It restarts, reloads, upgrades to a release that
changes tables and SQL functions and back, rotates keys, backs up and restores, kills, crashes the
database, promotes the standby and fills the disk, and prints what callers saw. It exits with 1 if a
call failed where none may, if a point is missing, or if the ledger is not proven.

`--from` boots the files of that commit instead, and upgrades to this checkout.
"""

from __future__ import annotations

import argparse
import math
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.production.acts import Act, list_acts
from benchmarks.production.books import find_faults
from benchmarks.production.callers import LOST, NOT_FOUND, Callers, Partner, Phase
from benchmarks.production.installation import CHECKOUT, Installation
from benchmarks.production.processes import say
from benchmarks.production.releases import unpack
from benchmarks.production.services import running_services

_PARTNERS = 3
_WORDS = {LOST: "no answer", NOT_FOUND: "account not found"}
#: Connections in pools are found dead, and processes that stopped are asked again.
_RECOVERY_SECONDS = 5.0


def main() -> int:
    options = _parse()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started is stopped
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopiq-production-")))
        folder.chmod(0o777)
        services = stack.enter_context(running_services())
        checkout = unpack(options.former, folder / "former") if options.former else CHECKOUT
        installation = Installation(folder, services=services, checkout=checkout)
        stack.callback(installation.stop)
        say("booting")
        installation.boot()
        created = [installation.create_partner(f"partner{n}") for n in range(_PARTNERS)]
        partners = [Partner(each["liveKey"], each["managementKey"]) for each in created]
        callers = Callers(installation.url, partners, size=options.callers)
        acts = list_acts(installation)
        if options.only:
            acts = [act for act in acts if any(word in act.name for word in options.only)]
        failed = _run(acts, callers, options.seconds)
        failed += find_faults(installation, callers)
    say(f"{time.monotonic() - began:.0f} seconds. " + ("; ".join(failed) or "Nothing was lost."))
    return 1 if failed else 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.production")
    parser.add_argument("--seconds", type=float, default=4, help="of calls after each act")
    parser.add_argument("--callers", type=int, default=12)
    parser.add_argument("--only", nargs="+", metavar="WORD", help="acts whose names have a word")
    parser.add_argument("--from", dest="former", metavar="COMMIT", help="boot this release")
    return parser.parse_args()


def _run(acts: list[Act], callers: Callers, seconds: float) -> list[str]:
    """Do each act under calls; return what failed that must not."""
    callers.begin("quiet")
    callers.start()
    time.sleep(seconds)
    done = []
    for act in acts:
        say(f"… {act.name}")
        phase = callers.begin(act.name)
        act.do()
        end = time.monotonic()
        done.append((act, phase, end))
        time.sleep(seconds + (_RECOVERY_SECONDS if act.may_fail else 0))
        say(f"  took {end - phase.begun:.1f} s; {len(phase.failed)} calls failed")
    callers.stop()  # waits for the answers of calls that began in an earlier phase
    for _, phase, end in done:
        _report(phase, end)
    # The next act may cut calls that began before it.
    limits = [phase.begun if act.may_fail else math.inf for act, phase, _ in done[1:]] + [math.inf]
    found = [_problem_of(*each, limit) for each, limit in zip(done, limits, strict=True)]
    return [problem for problem in found if problem]


def _problem_of(act: Act, phase: Phase, end: float, limit: float) -> str | None:
    """Return what callers saw before the limit that they must not have seen."""
    first = end + _RECOVERY_SECONDS if act.may_fail else 0.0
    number = phase.failures_between(first, limit)
    when = "after" if act.may_fail else "during"
    return f"{number} calls failed {when}: {act.name}" if number else None


def _report(phase: Phase, end: float) -> None:
    counts: dict[int, int] = {}
    for (_, status), number in phase.answers.items():
        counts[status] = counts.get(status, 0) + number
    listed = ", ".join(f"{counts[each]} × {_WORDS.get(each, each)}" for each in sorted(counts))
    line = f"{phase.name:40}{end - phase.begun:6.1f} s  longest {phase.longest:5.1f} s  {listed}"
    if phase.failed:
        first, last = min(phase.failed)[0] - phase.begun, max(phase.failed)[0] - phase.begun
        line += f"  (failed ones began at {first:.1f} to {last:.1f} s)"
    say(line)


if __name__ == "__main__":
    sys.exit(main())
