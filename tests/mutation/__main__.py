"""``bin/mutate``: a sample of mutants, each judged by the tests that are nearest to it.

Exits with 1 if fewer than `--at-least` per cent are killed. A change that only a test's time limit
noticed is reported by itself, and is not killed.
"""

from __future__ import annotations

import argparse
import os
import queue
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests.database import embedded_server
from tests.mutation.equivalent import REASONS
from tests.mutation.mutants import PATTERNS, Mutant, sample_mutants
from tests.mutation.run import Result, Runner, Verdict, copy_tree, environment, judge
from tests.mutation.selection import Selection

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    options = _options()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="mutation-"))
        os.chmod(folder, 0o711)  # root's PostgreSQL runs as another user
        runners = [Runner(Path(folder) / str(number)) for number in range(options.processes)]
        for runner in runners:
            copy_tree(CHECKOUT, runner.tree)
            # Kept between the runs: it takes as long to start as many tests.
            stack.enter_context(embedded_server(runner.tree, environment(runner.tree)))
            stack.callback(runner.stop)
        selection = Selection(runners[0].tree)
        mutants = sample_mutants(
            runners[0].tree, size=options.sample, seed=options.seed, patterns=options.files
        )
        results = _judge_all(mutants, selection, runners, only_nearest=options.nearest)
    return _report(results, at_least=options.at_least)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/mutate", description=__doc__)
    parser.add_argument("files", nargs="*", default=PATTERNS, help="patterns (default: all files)")
    parser.add_argument("--sample", type=int, default=50, help="how many mutants (default: 50)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (default: 1)")
    parser.add_argument(
        "--processes", type=int, default=os.cpu_count() or 1, help="at a time (default: CPUs)"
    )
    parser.add_argument(
        "--nearest",
        action="store_true",
        help="run only the files of tests that are nearest: what others notice survives as well",
    )
    parser.add_argument("--at-least", type=float, default=96.0, metavar="PERCENT")
    return parser.parse_args()


def _judge_all(
    mutants: list[Mutant], selection: Selection, runners: list[Runner], *, only_nearest: bool
) -> list[tuple[Mutant, Result]]:
    free: queue.SimpleQueue[Runner] = queue.SimpleQueue()
    for runner in runners:
        free.put(runner)
    talking = threading.Lock()

    def judge_one(mutant: Mutant) -> tuple[Mutant, Result]:
        rounds = selection.rounds_for(mutant)[: 1 if only_nearest else None]
        runner = free.get()
        try:
            result = judge(
                mutant, rounds, runner=runner, is_at_import=selection.is_at_import(mutant)
            )
        finally:
            free.put(runner)
        with talking:
            by = f"  by {result.failed_test}" if result.failed_test else ""
            _say(f"{result.verdict:<9} {mutant}{by}")
        return mutant, result

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(judge_one, mutants))


def _report(results: list[tuple[Mutant, Result]], *, at_least: float) -> int:
    valid = [
        (each, result.verdict) for each, result in results if result.verdict != Verdict.INVALID
    ]
    counted = [(each, verdict) for each, verdict in valid if each.key not in REASONS]
    killed = sum(verdict is Verdict.KILLED for _, verdict in counted)
    percent = 100 * killed / len(counted) if counted else 100.0
    _say("")
    for mutant, verdict in counted:
        if verdict is not Verdict.KILLED:
            _say(f"{verdict}: {mutant}")
    totals = Counter(verdict for _, verdict in counted)
    _say(", ".join(f"{number} {verdict}" for verdict, number in totals.items()))
    left_out = f"{len(valid) - len(counted)} mean the same, {len(results) - len(valid)} are invalid"
    _say(f"{killed} of {len(counted)} killed: {percent:.1f} % ({left_out})")
    return int(percent < at_least)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
