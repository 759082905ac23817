"""Releases as single files that a deployment workflow can download for some hours."""

from __future__ import annotations

import gzip
import hashlib
import re
import secrets
import tarfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.core import signing

from deployments.targets.base import Release
from deployments.targets.files import list_files

#: Long enough for queued runs; afterwards the link expires and the file is deleted.
LINK_SECONDS = 6 * 3600
_SUFFIX = ".tar.gz"
_RELEASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}", re.ASCII)
_signer = signing.TimestampSigner(salt="deployments.archives")


@dataclass(frozen=True, slots=True)
class Archive:
    """`token` is the signed, expiring name of the file; `sha256` is in hexadecimal."""

    token: str
    sha256: str


class ArchiveStore:
    """Keeps `{release.id}.tar.gz` below `root`, which web and worker processes must share."""

    def __init__(self, root: Path) -> None:
        self._folder = root / ".archives"

    def put(self, release: Release) -> Archive:
        """Pack the release; the same files give the same bytes. Raise `OSError`,
        `PublishFailed`."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._clear_old()
        draft = self._folder / f".{release.id}.{secrets.token_hex(6)}"
        try:
            _pack(release.folder, draft)
            digest = hashlib.sha256(draft.read_bytes()).hexdigest()
            draft.replace(self._folder / (release.id + _SUFFIX))
        finally:
            draft.unlink(missing_ok=True)
        return Archive(_signer.sign(release.id), digest)

    def find(self, token: str) -> Path | None:
        """Return a token's file, or None if the token is invalid or expired or the file deleted."""
        try:
            name = _signer.unsign(token, max_age=LINK_SECONDS)
        except signing.BadSignature:
            return None
        file = self._folder / (name + _SUFFIX)
        return file if _RELEASE_ID.fullmatch(name) and file.is_file() else None

    def token_of(self, release_id: str) -> str:
        """Return a token for a stored release, otherwise ""."""
        is_kept = (self._folder / (release_id + _SUFFIX)).is_file()
        return _signer.sign(release_id) if is_kept else ""

    def _clear_old(self) -> None:
        """Delete files whose links have expired, and drafts of killed workers."""
        limit = time.time() - LINK_SECONDS
        for file in self._folder.iterdir():
            # Another worker may delete the same file meanwhile.
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < limit:
                    file.unlink()


def _pack(folder: Path, target: Path) -> None:
    with (
        target.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name in list_files(folder):
            archive.add(folder / name, arcname=str(name), filter=_plain)


def _plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Drop this machine's users, times and permissions."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = 0
    member.mode = 0o644
    return member
