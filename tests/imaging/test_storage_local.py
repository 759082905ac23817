"""Images in a folder: whole or absent, readable by others, never outside the folder."""

import stat
from pathlib import Path

import pytest

from imaging.storage.base import StorageError
from imaging.storage.local import LocalStorage

NAME = "partners/abc123/generated/0f8b.png"


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media", "http://127.0.0.1:8000/media/")


def files_below(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def test_a_saved_image_has_the_public_url_of_its_name(
    storage: LocalStorage, tmp_path: Path
) -> None:
    url = storage.save(NAME, b"png")

    assert url == storage.url(NAME) == f"http://127.0.0.1:8000/media/{NAME}"
    assert (tmp_path / "media" / NAME).read_bytes() == b"png"
    assert stat.S_IMODE((tmp_path / "media" / NAME).stat().st_mode) == 0o644


def test_saving_leaves_no_draft_behind(storage: LocalStorage, tmp_path: Path) -> None:
    storage.save(NAME, b"png")

    assert files_below(tmp_path) == [f"media/{NAME}"]


def test_a_save_that_cannot_end_leaves_nothing_and_says_so(
    storage: LocalStorage, tmp_path: Path
) -> None:
    (tmp_path / "media" / NAME).mkdir(parents=True)

    with pytest.raises(StorageError) as caught:
        storage.save(NAME, b"png")

    assert files_below(tmp_path) == []
    assert str(tmp_path) not in str(caught.value)


def test_deleted_images_are_gone_and_missing_ones_are_fine(
    storage: LocalStorage, tmp_path: Path
) -> None:
    storage.save(NAME, b"png")

    storage.delete([NAME, "partners/abc123/generated/never.png", "nobody/never.png"])

    assert files_below(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/etc/passwd",
        "../secret.png",
        "partners/../../secret.png",
        "partners/./x.png",
        "partners//x.png",
        "partners/.hidden.png",
        "partners\\x.png",
        "partners/x.png\n",
        "partners/x\0.png",
        "partners/é.png",
        "partners/x.png?acl",
        "x" * 256,
    ],
)
def test_a_name_that_is_no_plain_relative_path_is_refused(
    storage: LocalStorage, tmp_path: Path, name: str
) -> None:
    with pytest.raises(StorageError):
        storage.save(name, b"png")
    with pytest.raises(StorageError):
        storage.delete([name])
    with pytest.raises(StorageError):
        storage.url(name)

    assert files_below(tmp_path) == []
