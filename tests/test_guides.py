"""The guides to production, copied and run against an installation that was built by them."""

from __future__ import annotations

import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import urllib3

from benchmarks.production.clusters import binaries
from benchmarks.production.installation import HOST, Installation
from benchmarks.production.services import running_services
from tests.guides import Block, read_blocks

ROOT = Path(__file__).resolve().parents[1]
GUIDES = ("production", "upgrade", "backup", "runbooks")
BLOCKS = read_blocks(*GUIDES)
RUNBOOKS = read_blocks("runbooks")


class Reader:
    """Fills in what a reader does, and runs the blocks."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.folder = installation.folder / "reader"
        (self.folder / "etc").mkdir(parents=True)
        self.folder.chmod(0o755)
        self.partner = installation.create_partner("Reader")
        self._write_settings()
        (self.folder / ".curlrc").write_text(
            f'insecure\nconnect-to = "{HOST}:443:127.0.0.1:{installation.tls_port}"\n'
        )

    def run(self, block: Block, **placeholders: str) -> str:
        database = self.installation.current
        env = {
            "PATH": f"{binaries()}:{os.environ['PATH']}",
            "CURL_HOME": str(self.folder),
            "HOME": str(self.folder),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(database.port),
        }
        filled = self._fill(block.text, placeholders)
        prepare = f"set -a; . {self.folder}/etc/shopiq.env; . {self.folder}/etc/owner.env; set +a"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{prepare}\n{filled}"],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout + done.stderr
        red = re.findall(r"^FAILED +(\w+)", done.stdout, re.MULTILINE)
        # The certificate is of no authority that the application trusts.
        assert done.returncode == 0 or red == ["proxy"], f"{filled}\n{output}"
        return done.stdout

    def status_of(self, key: str) -> int:
        """Return what a call with this key gets."""
        urllib3.disable_warnings()
        headers = {"Host": HOST, "X-API-Key": key}
        url = f"{self.installation.url}/partner/v1/image/usage"
        with urllib3.PoolManager(cert_reqs="CERT_NONE", assert_hostname=False) as http:
            return int(http.request("GET", url, headers=headers).status)

    def live_key_id(self, partner: dict[str, Any] | None = None) -> str:
        query = "SELECT id FROM accounts_apikey WHERE partner_id = %s AND environment = 'live'"
        partner_id = (partner or self.partner)["partnerId"]
        with psycopg.connect(self.installation.current.url("postgres")) as session:
            [(found,)] = session.execute(query, [partner_id]).fetchall()
        return str(found)

    def _fill(self, text: str, placeholders: dict[str, str]) -> str:
        backups = self.folder / "backups"
        known = {
            ".venv/bin/python": sys.executable,
            "/etc/shopiq": str(self.folder / "etc"),
            "/var/backups/shopiq": str(backups),
            "shopiq-20261127T223000Z": max((p.name for p in backups.glob("shopiq-*")), default=""),
            "@db/": f"@127.0.0.1:{self.installation.current.port}/",
            "127.0.0.1:8000": f"127.0.0.1:{self.installation.web_ports[0]}",
            "sq_live_…": self.partner["liveKey"],
            "…": "secret",
            **placeholders,
        }
        for written, meant in known.items():
            text = text.replace(written, meant)
        return text

    def _write_settings(self) -> None:
        here = self.installation
        # The public name would be looked up outside: `doctor` asks this machine instead.
        env = here.env | {"PUBLIC_URL": here.url, "ALLOWED_HOSTS": f"{HOST},127.0.0.1"}
        lines = [f"{name}={shlex.quote(value)}" for name, value in env.items()]
        (self.folder / "etc/shopiq.env").write_text("\n".join(lines))
        scratch = here.current.url("postgres", "postgres")
        owner = {"DATABASE_OWNER_URL": here.owner_url, "BACKUP_SCRATCH_URL": scratch}
        lines = [f"{name}={shlex.quote(value)}" for name, value in owner.items()]
        (self.folder / "etc/owner.env").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    _require_debian()
    with TemporaryDirectory() as name, running_services() as services:
        folder = Path(name)
        folder.chmod(0o777)
        installation = Installation(folder, services=services)
        try:
            installation.boot()
            yield Reader(installation)
        finally:
            installation.stop()


def _require_debian() -> None:
    path = "/usr/sbin:/usr/bin"
    missing = [name for name in ("nginx", "pgbouncer") if not shutil.which(name, path=path)]
    if os.geteuid() or missing or not Path("/usr/lib/postgresql").exists():
        pytest.skip("needs root and Debian's postgresql, pgbouncer and nginx")
    pwd.getpwnam("postgres")


@pytest.mark.slow
def test_the_commands_of_the_guides_work(reader: Reader) -> None:
    ids = {"PARTNER_ID": reader.partner["partnerId"], "KEY_ID": reader.live_key_id()}
    said = []
    for block in BLOCKS:
        if block.runs_anywhere and "BUCKET_ID" not in block.text:
            if "reactivate_partner" in block.text:
                reader.installation.manage("deactivate_partner", ids["PARTNER_ID"])
            said.append(reader.run(block, **ids))
    assert any('"pointsUsed"' in each for each in said), "the first paid call"
    assert any("The ledger is proven" in each for each in said), "the restored backup"


@pytest.mark.slow
def test_a_bucket_that_was_changed_by_hand_is_found_and_mended(reader: Reader) -> None:
    [proof] = [block for block in RUNBOOKS if "check_ledger --json" in block.text]
    [repair] = [block for block in RUNBOOKS if "BUCKET_ID" in block.text]
    database = reader.installation.current
    change = "UPDATE billing_pointbucket SET remaining = remaining - 1 RETURNING id"
    with psycopg.connect(database.url("postgres")) as session:
        [bucket, *_] = [str(row[0]) for row in session.execute(change).fetchall()]
        session.rollback()
        session.execute(f"{change[:-13]} WHERE id = '{bucket}'".encode())

    with pytest.raises(AssertionError, match=bucket):
        reader.run(proof)
    reader.run(repair, BUCKET_ID=bucket)

    assert '"drift": []' in reader.run(proof)


@pytest.mark.slow
def test_a_wrong_deactivation_and_a_leaked_key(reader: Reader) -> None:
    partner = reader.installation.create_partner("Deactivated")
    [reactivate] = [block for block in RUNBOOKS if "reactivate_partner" in block.text]
    [revoke] = [block for block in RUNBOOKS if "revoke_key" in block.text]
    key, ids = partner["liveKey"], {"PARTNER_ID": partner["partnerId"]}
    assert reader.status_of(key) == 200

    reader.installation.manage("deactivate_partner", partner["partnerId"])
    assert reader.status_of(key) in (401, 403)
    reader.run(reactivate, **ids)
    assert reader.status_of(key) == 200
    reader.run(revoke, KEY_ID=reader.live_key_id(partner), **ids)
    assert reader.status_of(key) == 401


def test_the_commands_that_need_a_machine_of_their_own_are_few_and_marked() -> None:
    marked = [block for block in BLOCKS if not block.runs_anywhere]
    assert {block.guide for block in marked} == {"production", "upgrade"}
    words = re.compile(r"\b(?:systemctl|apt-get|useradd|ln) ")
    assert [
        str(block) for block in BLOCKS if block.runs_anywhere and words.search(block.text)
    ] == []


def test_shellcheck_accepts_the_commands() -> None:
    # The settings are in files of the installation, and `cd` is followed by what shows its failure.
    command = [Path(sys.executable).with_name("shellcheck"), "--exclude=SC1091,SC2034,SC2164"]
    with TemporaryDirectory() as name:
        for number, block in enumerate(BLOCKS):
            file = Path(name, f"{number:02} {block.guide}.sh")
            file.write_text(f"#!/bin/bash\n{block.text.replace('…', 'secret')}")
        done = subprocess.run(
            [*command, *sorted(Path(name).iterdir())], capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stdout


def test_the_guides_start_units_that_are_shipped() -> None:
    text = "".join(block.text for block in BLOCKS)
    named = set(re.findall(r"shopiq-?\w*(?:@|\.target|\.timer)?", " ".join(_systemctl(text))))
    shipped = {path.name for path in (ROOT / "deploy/systemd").iterdir()}
    assert {f"{name}.service" if "." not in name else name for name in named} <= shipped


def _systemctl(text: str) -> list[str]:
    return [line for line in text.splitlines() if "systemctl" in line]
