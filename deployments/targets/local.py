"""Publish shops to a folder that the application itself serves."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import get_args

import structlog
from django.utils.translation import gettext_noop

from config.egress.deadline import Deadline
from deployments.targets.base import PublishFailed, Release, Stage
from deployments.targets.files import list_files

log = structlog.get_logger(__name__)

#: The newest releases are kept, so that an open page can still load what it links to.
KEPT_RELEASES = 3
#: A test shop is published beside the others, as `nova-abc123.test`.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}(?:\.test)?", re.ASCII)
_REMOVAL_SECONDS = 60.0
_LOCK_POLL_SECONDS = 0.02
#: A journal syncs many files about as fast as one: 40 ms for a shop instead of 500.
_SYNCS_AT_ONCE = 16


class LocalTarget:
    """`root/{identifier}/releases/{release.id}` holds the files, which never change;
    `root/{identifier}/preview` and `…/production` are links to the release that visitors see.

    One worker at a time changes a shop: its folder is locked, and the kernel releases the lock of
    a killed worker. Its partial results start with a dot and are deleted by the next one. The file
    system must support `flock` and atomic `rename` (not NFSv3).
    """

    removes_quickly = True

    def __init__(self, root: Path) -> None:
        self._root = root

    def publish(self, release: Release, stage: Stage, *, deadline: Deadline) -> None:
        folder = self._root / _checked(release.identifier)
        kept = folder / "releases" / _checked(release.id)
        with _failures(release.identifier), _locked(folder, deadline):
            _clear_drafts(folder)
            if not kept.is_dir():
                _copy(release.folder, kept, deadline)
            os.utime(kept)
            _point(folder / stage, kept)
            _prune(folder)

    def remove(self, identifier: str) -> None:
        folder = self._root / _checked(identifier)
        if not folder.exists():
            return
        with _failures(identifier), _locked(folder, Deadline.after(_REMOVAL_SECONDS)):
            for stage in get_args(Stage):
                (folder / stage).unlink(missing_ok=True)
            shutil.rmtree(folder)


def _checked(name: str) -> str:
    """Return `name`; raise `ValueError` if it could leave the root."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a folder")
    return name


@contextmanager
def _failures(identifier: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        log.warning("publish failed", identifier=identifier, reason=str(error))
        raise PublishFailed(
            gettext_noop("The website could not be stored. Please try again.")
        ) from error


@contextmanager
def _locked(folder: Path, deadline: Deadline) -> Iterator[None]:
    """Lock the folder for this thread; create it if it is missing.

    Raises `DeadlineExceeded` if another worker holds it too long.
    """
    descriptor = _lock(folder, deadline)
    while not _is_still(folder, descriptor):
        # The previous holder deleted the folder: this lock is on a removed one.
        os.close(descriptor)
        descriptor = _lock(folder, deadline)
    try:
        yield
    finally:
        os.close(descriptor)


def _lock(folder: Path, deadline: Deadline) -> int:
    descriptor = _open(folder)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return descriptor  # noqa: TRY300 - the loop ends here
            except BlockingIOError:
                time.sleep(min(_LOCK_POLL_SECONDS, deadline.remaining()))
    except BaseException:
        os.close(descriptor)
        raise


def _open(folder: Path) -> int:
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        # Another worker may remove the folder in between.
        with suppress(FileNotFoundError):
            return os.open(folder, os.O_RDONLY)


def _is_still(folder: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(folder), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _clear_drafts(folder: Path) -> None:
    for draft in [*folder.glob(".*"), *folder.glob("releases/.*")]:
        if draft.is_symlink():
            draft.unlink()
        else:
            shutil.rmtree(draft)


def _copy(source: Path, kept: Path, deadline: Deadline) -> None:
    """Copy the release completely or not at all, even after a power cut."""
    draft = _draft_of(kept)
    for name in list_files(source):
        deadline.remaining()
        copy = draft / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, copy)
    with ThreadPoolExecutor(_SYNCS_AT_ONCE) as threads:
        list(threads.map(_sync, [*draft.rglob("*"), draft]))
    draft.rename(kept)
    _sync(kept.parent)


def _point(link: Path, kept: Path) -> None:
    draft = _draft_of(link)
    draft.symlink_to(kept.relative_to(link.parent))
    draft.replace(link)
    _sync(link.parent)


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(6)}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _prune(folder: Path) -> None:
    """Delete all but the newest and the published releases."""
    shown = {(folder / stage).resolve() for stage in get_args(Stage)}
    newest_first = sorted(
        (folder / "releases").iterdir(), key=lambda kept: kept.stat().st_mtime_ns, reverse=True
    )
    for kept in newest_first[KEPT_RELEASES:]:
        if kept.resolve() not in shown:
            draft = _draft_of(kept)
            kept.rename(draft)
            shutil.rmtree(draft)
