"""A local release is whole for visitors at every moment, whatever kills the worker."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from deployments.targets.local import LocalTarget
from tests.deployments.fakes.shops import SHOP, make_release, names_in, publish

#: Forked, so that a hundred children cost seconds; they run nothing but the target.
_processes = multiprocessing.get_context("fork")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sites"


def test_a_visitor_sees_a_whole_release_at_every_moment(root: Path, tmp_path: Path) -> None:
    releases = [make_release(tmp_path, f"r{number}") for number in range(2)]
    publish(root, releases[0])
    done = threading.Event()
    seen: list[set[str]] = []

    def visit() -> None:
        while not done.is_set():
            seen.append(names_in((root / SHOP / "production").resolve(strict=True)))

    visitor = threading.Thread(target=visit)
    visitor.start()
    for number in range(40):
        publish(root, releases[number % 2])
    done.set()
    visitor.join()

    assert {len(names) for names in seen} == {1}
    assert set.union(*seen) == {"r0", "r1"}


@pytest.mark.kills
def test_a_worker_killed_at_any_step_leaves_the_old_shop_or_the_new_one(
    root: Path, tmp_path: Path
) -> None:
    publish(root, make_release(tmp_path, "r0"))
    step = survived = 0
    while not survived:
        step += 1
        release = make_release(tmp_path, f"r{step}")
        survived = dies_at_step(step, partial(publish, root, release)) == 0

        shown = (root / SHOP / "production").resolve(strict=True)
        stored = [kept for kept in shown.parent.iterdir() if not kept.name.startswith(".")]
        assert [names_in(kept) for kept in stored] == [{kept.name} for kept in stored]
        assert shown in stored
        publish(root, release, "preview")
        assert names_in(root / SHOP / "preview") == {f"r{step}"}
        left = [path.name for path in (root / SHOP).rglob(".*")]
        assert left == []

    assert step > 40, "the child was meant to be killed in the midst of its work"


@pytest.mark.kills
def test_a_worker_killed_while_it_removes_leaves_a_shop_that_can_be_removed(
    root: Path, tmp_path: Path
) -> None:
    release = make_release(tmp_path, "one")
    step = survived = 0
    while not survived:
        step += 1
        publish(root, release)
        survived = dies_at_step(step, partial(LocalTarget(root).remove, SHOP)) == 0

        LocalTarget(root).remove(SHOP)
        assert not (root / SHOP).exists()

    assert step > 10, "the child was meant to be killed in the midst of its work"


def dies_at_step(step: int, work: Callable[[], None]) -> int:
    """Runs `work` in a child that is killed before its `step`-th touch of the file system, and
    returns how it ended: 0 where the work was done before that."""
    child = _processes.Process(target=_work_until, args=(step, work))
    child.start()
    child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode or 0


def _work_until(step: int, work: Callable[[], None]) -> None:
    touches = itertools.count(1)

    def count(event: str, arguments: object) -> None:
        is_touch = event == "open" or event.startswith(("os.", "fcntl.", "shutil."))
        if is_touch and next(touches) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    work()
    os._exit(0)
