"""The secrets of an embedded installation, generated once and kept in its data folder."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def embedded_secrets_file(data_dir: Path) -> Path:
    """Return the env file with the secrets of this data folder, creating it if necessary."""
    path = data_dir / "secrets.env"
    if not path.exists():
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        _write_once(path, _generate_secrets())
    return path


def _generate_secrets() -> str:
    return (
        f"SECRET_KEY={secrets.token_urlsafe(48)}\n"
        f"FIELD_ENCRYPTION_KEYS=1:{_generate_key()}\n"
        f"LOOKUP_KEY={_generate_key()}\n"
        f"AUTO_LOGIN_JWT_SECRET={secrets.token_urlsafe(48)}\n"
    )


def _generate_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _write_once(path: Path, text: str) -> None:
    """Of several processes that start at once, one writes; the others read what it wrote."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
