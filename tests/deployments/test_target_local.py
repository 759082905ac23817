"""Shops in a folder: atomic, immutable, whole after any death."""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from config.egress.deadline import Deadline, DeadlineExceeded
from deployments.targets.base import PublishFailed, Release
from deployments.targets.local import KEPT_RELEASES, LocalTarget
from tests.deployments.fakes.shops import SHOP, make_release, names_in, publish
from tests.waiting import wait_for

#: Forked, so that a hundred children cost seconds; they run nothing but the target.
_processes = multiprocessing.get_context("fork")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "sites"


def releases_in(root: Path) -> list[str]:
    return sorted(entry.name for entry in (root / SHOP / "releases").iterdir())


def test_a_published_release_is_what_its_stage_shows(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "one"), "preview")

    assert names_in(root / SHOP / "preview") == {"one"}
    assert not (root / SHOP / "production").exists()


def test_each_stage_shows_its_own_release(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "one"), "production")
    publish(root, make_release(tmp_path, "two"), "preview")

    assert names_in(root / SHOP / "production") == {"one"}
    assert names_in(root / SHOP / "preview") == {"two"}


def test_a_release_is_never_changed_once_it_is_stored(root: Path, tmp_path: Path) -> None:
    release = make_release(tmp_path, "one")
    publish(root, release, "preview")
    home = root / SHOP / "releases/one/index.html"
    before = home.stat()
    (release.folder / "index.html").write_text("other words")

    publish(root, release, "production")

    assert names_in(root / SHOP / "production") == {"one"}
    after = home.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_newest_and_the_published_releases_stay(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "r0"), "production")
    for number in range(1, KEPT_RELEASES + 3):
        publish(root, make_release(tmp_path, f"r{number}"), "preview")

    assert releases_in(root) == ["r0", "r3", "r4", "r5"]


def test_a_release_that_is_published_again_counts_as_new(root: Path, tmp_path: Path) -> None:
    for name in ("r0", "r1", "r2", "r0", "r3", "r4"):
        publish(root, make_release(tmp_path, name))

    assert releases_in(root) == ["r0", "r3", "r4"]


def test_a_removed_shop_is_gone_and_removing_it_again_is_fine(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "one"), "preview")
    publish(root, make_release(tmp_path, "one"), "production")

    LocalTarget(root).remove(SHOP)
    LocalTarget(root).remove(SHOP)
    LocalTarget(root).remove("never-published-000000")

    assert list(root.iterdir()) == []


def test_removing_one_shop_leaves_the_others(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "one"))
    publish(root, make_release(tmp_path, "two", identifier="nova-retail-abc124"))

    LocalTarget(root).remove(SHOP)

    assert names_in(root / "nova-retail-abc124" / "production") == {"two"}


def test_a_site_without_a_home_page_is_not_published(root: Path, tmp_path: Path) -> None:
    release = make_release(tmp_path, "one")
    (release.folder / "index.html").unlink()

    with pytest.raises(PublishFailed, match="not complete"):
        publish(root, release)


def test_a_site_with_a_symbolic_link_is_not_published(root: Path, tmp_path: Path) -> None:
    release = make_release(tmp_path, "one")
    (release.folder / "passwd.txt").symlink_to("/etc/passwd")

    with pytest.raises(PublishFailed, match="not complete"):
        publish(root, release)
    assert not (root / SHOP / "production").exists()


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", ".hidden", "a\n", "a" * 64])
def test_a_name_that_is_no_folder_name_is_refused(root: Path, tmp_path: Path, name: str) -> None:
    release = make_release(tmp_path, "one")

    with pytest.raises(ValueError, match="no name for a folder"):
        publish(root, Release(release.id, name, release.folder))
    with pytest.raises(ValueError, match="no name for a folder"):
        publish(root, Release(name, SHOP, release.folder))
    with pytest.raises(ValueError, match="no name for a folder"):
        LocalTarget(root).remove(name)


def test_a_disk_that_refuses_is_a_failure_in_words_for_the_partner(tmp_path: Path) -> None:
    (tmp_path / "sites").write_text("a file where the folder should be")

    with pytest.raises(PublishFailed, match="could not be stored"):
        publish(tmp_path / "sites", make_release(tmp_path, "one"))


def test_a_worker_waits_for_another_one_only_until_its_deadline(root: Path, tmp_path: Path) -> None:
    publish(root, make_release(tmp_path, "one"))
    descriptor = os.open(root / SHOP, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)

    with pytest.raises(DeadlineExceeded):
        LocalTarget(root).publish(
            make_release(tmp_path, "two"), "production", deadline=Deadline.after(0.1)
        )

    os.close(descriptor)
    publish(root, make_release(tmp_path, "two"))
    assert names_in(root / SHOP / "production") == {"two"}


def test_a_lock_on_a_folder_that_was_removed_meanwhile_counts_for_nothing(
    root: Path, tmp_path: Path
) -> None:
    release = make_release(tmp_path, "one")
    publish(root, release)
    removed = os.open(root / SHOP, os.O_RDONLY)
    fcntl.flock(removed, fcntl.LOCK_EX)
    outcome: list[DeadlineExceeded] = []

    def wait_and_publish() -> None:
        try:
            LocalTarget(root).publish(release, "preview", deadline=Deadline.after(0.5))
        except DeadlineExceeded as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait_and_publish)
    waiting.start()
    wait_for(lambda: times_open(root / SHOP) == 2)
    (root / SHOP).rename(tmp_path / "removed")
    (root / SHOP).mkdir()
    held = os.open(root / SHOP, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.close(removed)
    waiting.join()
    os.close(held)

    assert len(outcome) == 1
    assert list((root / SHOP).iterdir()) == []


def test_two_workers_at_once_leave_one_whole_shop(root: Path, tmp_path: Path) -> None:
    releases = [make_release(tmp_path, f"r{number}") for number in range(6)]

    def publish_all(mine: list[Release]) -> None:
        for release in mine:
            publish(root, release)
            publish(root, release, "preview")

    workers = [
        _processes.Process(target=publish_all, args=(order,))
        for order in (releases, releases[::-1], releases[3:] + releases[:3])
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    for stage in ("preview", "production"):
        assert len(names_in(root / SHOP / stage)) == 1
    assert KEPT_RELEASES <= len(releases_in(root)) <= KEPT_RELEASES + 2


def test_removing_while_another_worker_publishes_ends_whole_or_gone(
    root: Path, tmp_path: Path
) -> None:
    release = make_release(tmp_path, "one")

    def work(step: Callable[[], None]) -> None:
        for _ in range(30):
            step()

    workers = [
        _processes.Process(target=work, args=(lambda: publish(root, release),)),
        _processes.Process(target=work, args=(lambda: LocalTarget(root).remove(SHOP),)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert not (root / SHOP).exists() or names_in(root / SHOP / "production") == {"one"}


def times_open(folder: Path) -> int:
    """Count the descriptors of this process for `folder`."""
    count = 0
    for descriptor in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            count += os.path.samestat(os.fstat(int(descriptor)), folder.stat())
    return count
