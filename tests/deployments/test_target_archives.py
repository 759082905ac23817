"""Releases as files behind signed links that end."""

from __future__ import annotations

import os
import tarfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import path

from config.urls import urlpatterns as platform
from deployments import serving
from deployments.targets.archives import LINK_SECONDS, ArchiveStore
from tests.deployments.fakes.shops import FILES, make_release

urlpatterns = [
    path("sites/archives/<str:token>", serving.archive, name="site-archive"),
    *platform,
]
pytestmark = pytest.mark.urls("tests.deployments.test_target_archives")
Fetch = Callable[[str], Any]


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> ArchiveStore:
    settings.DEPLOY_TARGET = "github_actions"
    settings.SITES_ROOT = str(tmp_path / "sites")
    return ArchiveStore(tmp_path / "sites")


def fetch(token: str) -> Any:
    return Client().get(f"/sites/archives/{token}")


def content_of(response: Any) -> bytes:
    content: bytes = b"".join(response.streaming_content)
    response.close()
    return content


def test_the_link_gives_the_whole_release(store: ArchiveStore, tmp_path: Path) -> None:
    archive = store.put(make_release(tmp_path, "one"))

    response = fetch(archive.token)
    (tmp_path / "got.tar.gz").write_bytes(content_of(response))
    with tarfile.open(tmp_path / "got.tar.gz") as got:
        assert sorted(got.getnames()) == sorted(FILES)
        assert {(member.uid, member.mtime, member.mode) for member in got} == {(0, 0, 0o644)}
    assert response.headers["Content-Type"] == "application/gzip"
    assert response.headers["Cache-Control"] == "private, no-store"


def test_the_same_release_gives_the_same_bytes(store: ArchiveStore, tmp_path: Path) -> None:
    release = make_release(tmp_path, "one")
    first = store.put(release)
    for file in release.folder.rglob("*"):
        os.utime(file, (0, 0))

    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=5)):
        assert store.put(release).sha256 == first.sha256
    assert store.put(make_release(tmp_path, "two")).sha256 != first.sha256


@pytest.mark.parametrize("spoil", [str.swapcase, lambda t: t[:-1], lambda t: "x" + t])
def test_a_forged_link_gives_nothing(
    store: ArchiveStore, tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    archive = store.put(make_release(tmp_path, "one"))

    assert fetch(spoil(archive.token)).status_code == 404


def test_a_link_ends(store: ArchiveStore, tmp_path: Path) -> None:
    archive = store.put(make_release(tmp_path, "one"))
    later = datetime.now(UTC) + timedelta(seconds=LINK_SECONDS + 1)

    with time_machine.travel(later):
        assert fetch(archive.token).status_code == 404


def test_files_whose_links_have_ended_are_cleared_by_the_next_one(
    store: ArchiveStore, tmp_path: Path
) -> None:
    old = store.put(make_release(tmp_path, "one"))
    kept = store.put(make_release(tmp_path, "two"))
    folder = tmp_path / "sites" / ".archives"
    (folder / ".one.draft").write_bytes(b"left by a worker that was killed")
    for name in ("one.tar.gz", ".one.draft"):
        os.utime(folder / name, (0, time.time() - LINK_SECONDS - 1))

    store.put(make_release(tmp_path, "three"))

    assert sorted(file.name for file in folder.iterdir()) == ["three.tar.gz", "two.tar.gz"]
    assert store.find(old.token) is None
    assert store.find(kept.token) is not None
