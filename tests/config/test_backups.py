"""A backup is restored, proven and refused as it should be."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.management import CommandError, call_command

from billing.models import PointBucket
from config.backups.creation import LAST_BACKUP, LAST_VERIFICATION
from config.backups.errors import BackupError
from config.backups.keys import find_missing
from config.backups.manifest import DUMP, MANIFEST
from config.backups.restoration import check_backup as check
from config.backups.restoration import restore_dump, scratch_database
from tests.billing.operations import start, succeed
from tests.config.test_encryption import key_entry
from tests.factories import Keys


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def backup(keys: Keys, tmp_path: Path) -> Iterator[Path]:
    """A backup with a used bucket and an image in the media folder."""
    succeed(start(keys))
    media = Path(django_settings.MEDIA_ROOT, "partners")
    media.mkdir(parents=True)
    (media / "picture.png").write_bytes(b"12345")
    yield Path(run("backup", str(tmp_path)).strip())
    cache.delete_many([LAST_BACKUP, LAST_VERIFICATION])


def test_a_backup_says_what_it_needs_and_is_private(backup: Path) -> None:
    manifest = json.loads((backup / MANIFEST).read_text())

    assert manifest["rows"]["billing_ledgerentry"] == 2
    assert manifest["stores"]["images"] == {"files": 1, "bytes": 5}
    assert manifest["migrations"].keys() >= {"accounts", "billing", "imaging"}
    key = django_settings.FIELD_ENCRYPTION_KEYS[0].partition(":")[2]
    everything = b"".join(path.read_bytes() for path in backup.iterdir())
    assert key.encode() not in everything
    assert django_settings.LOOKUP_KEY.encode() not in everything
    assert all(path.stat().st_mode & 0o077 == 0 for path in (backup, *backup.iterdir()))
    assert cache.get(LAST_BACKUP) is not None


@pytest.mark.slow
def test_verification_restores_it_and_proves_the_ledger(
    backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = secrets.token_hex(8)
    monkeypatch.setattr(secrets, "token_hex", lambda _: ours)

    printed = run("verify_backup", str(backup))

    assert "rows restored. 1 buckets checked" in printed
    assert "images: 0 files of the backup's list are missing now." in printed
    assert not has_database(f"shopiq_verify_{ours}")
    assert cache.get(LAST_VERIFICATION) is not None


@pytest.mark.slow
def test_a_ledger_with_drift_fails(keys: Keys, tmp_path: Path) -> None:
    PointBucket.objects.of(keys.partner.id).update(remaining=1)
    folder = run("backup", str(tmp_path)).strip()
    cache.delete(LAST_BACKUP)
    with pytest.raises(SystemExit, match="1"):
        run("verify_backup", folder)
    assert cache.get(LAST_VERIFICATION) is None


@pytest.mark.slow
def test_a_damaged_dump_is_noticed(backup: Path) -> None:
    dump = bytearray((backup / DUMP).read_bytes())
    dump[-20] ^= 1
    (backup / DUMP).write_bytes(dump)

    with pytest.raises(CommandError, match="is damaged"):
        run("verify_backup", str(backup))


@pytest.mark.slow
def test_a_damaged_list_of_files_is_noticed(backup: Path) -> None:
    listed = backup / "images.jsonl.gz"
    listed.write_bytes(listed.read_bytes()[:20])

    with pytest.raises(CommandError, match=r"images\.jsonl\.gz is damaged"):
        run("verify_backup", str(backup))


def test_a_backup_of_other_keys_is_refused(backup: Path, settings: Any) -> None:
    version = settings.FIELD_ENCRYPTION_KEYS[0].partition(":")[0]
    settings.FIELD_ENCRYPTION_KEYS = [key_entry(int(version))]
    with pytest.raises(CommandError, match=f"FIELD_ENCRYPTION_KEYS {version}"):
        run("restore", str(backup))
    settings.LOOKUP_KEY_FALLBACKS, settings.LOOKUP_KEY = [settings.LOOKUP_KEY], "x" * 40
    assert "LOOKUP_KEY" not in find_missing(json.loads((backup / MANIFEST).read_text())["keys"])


def test_it_is_not_restored_over_data(backup: Path) -> None:
    with pytest.raises(CommandError, match="is not empty"):
        run("restore", str(backup))


def test_a_bucket_that_is_away_is_named(
    keys: Keys, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    settings.IMAGE_STORAGE, settings.S3_BUCKET = "s3", "images"
    settings.S3_ENDPOINT_URL = "http://127.0.0.1:9"
    with pytest.raises(CommandError, match=r"The files of images cannot be listed: S3 could not"):
        run("backup", str(tmp_path))
    assert [path.suffix for path in tmp_path.iterdir()] == [".part"]


@pytest.mark.slow
def test_missing_rows_are_noticed(backup: Path) -> None:
    manifest = check(backup)
    manifest.rows["billing_ledgerentry"] += 1
    with (
        scratch_database(django_settings.BACKUP_SCRATCH_URL) as url,
        pytest.raises(BackupError, match="billing_ledgerentry"),
    ):
        restore_dump(backup, manifest, url)


@pytest.mark.slow
def test_missing_files_are_counted(backup: Path) -> None:
    Path(django_settings.MEDIA_ROOT, "partners", "picture.png").unlink()
    assert "images: 1 files" in run("verify_backup", str(backup))


def has_database(name: str) -> bool:
    with psycopg.connect(django_settings.BACKUP_SCRATCH_URL) as session:
        found = session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
    return found is not None
