"""Copy the commands of the guides in `docs/` and run them against a production installation.

    python -m benchmarks.production.guides

It needs what `python -m benchmarks.production` needs. Blocks that need a machine of their own are
left out.
"""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import urllib3

from benchmarks.production.clusters import binaries
from benchmarks.production.installation import CHECKOUT, HOST, Installation
from benchmarks.production.processes import say
from benchmarks.production.services import running_services
from tests.guides import Block, read_blocks

_BLOCKS = read_blocks("production", "upgrade", "backup", "runbooks")


class Failed(Exception):
    """A command did not do what its guide says."""


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
            cwd=CHECKOUT,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout + done.stderr
        red = set(re.findall(r"^FAILED +(\w+)", done.stdout, re.MULTILINE))
        # The certificate is of no authority that the application trusts; the image model that
        # stands in has no list of models.
        if done.returncode and not (red and red <= {"proxy", "image"}):
            raise Failed(f"{filled}\n{output}")
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
        owner = f"DATABASE_OWNER_URL={shlex.quote(here.owner_url)}\n"
        (self.folder / "etc/owner.env").write_text(owner)


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started is stopped
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopiq-guides-")))
        folder.chmod(0o777)
        services = stack.enter_context(running_services())
        installation = Installation(folder, services=services)
        stack.callback(installation.stop)
        say("booting")
        installation.boot()
        reader = Reader(installation)
        try:
            _run_all(reader)
            _mend_bucket(reader)
            _bring_partner_back(reader)
        except Failed as failed:
            say(f"FAILED\n{failed}")
            return 1
    say("The commands of the guides work.")
    return 0


def _run_all(reader: Reader) -> None:
    ids = {"PARTNER_ID": reader.partner["partnerId"], "KEY_ID": reader.live_key_id()}
    said = []
    for block in _BLOCKS:
        if block.runs_anywhere and "BUCKET_ID" not in block.text:
            say(f"… {block}")
            if "reactivate_partner" in block.text:
                reader.installation.manage("deactivate_partner", ids["PARTNER_ID"])
            said.append(reader.run(block, **ids))
    for wanted in ('"pointsUsed"', "The ledger is proven"):
        _require(any(wanted in each for each in said), f"no command printed {wanted}")


def _mend_bucket(reader: Reader) -> None:
    """Find and correct a bucket that was changed by hand, as the runbook says."""
    say("… the ledger is not proven")
    url = reader.installation.current.url("postgres")
    with psycopg.connect(url, autocommit=True) as session:
        [(bucket,)] = session.execute("SELECT min(id) FROM billing_pointbucket").fetchall()
        change = "UPDATE billing_pointbucket SET remaining = remaining - 1 WHERE id = %s"
        session.execute(change, [bucket])
    try:
        reader.run(_find("check_ledger --json"))
    except Failed as failed:
        _require(bucket in str(failed), f"check_ledger does not name {bucket}")
    else:
        raise Failed("check_ledger accepts a bucket that was changed by hand")
    reader.run(_find("BUCKET_ID"), BUCKET_ID=bucket)


def _bring_partner_back(reader: Reader) -> None:
    say("… a wrong deactivation, and a leaked key")
    partner = reader.installation.create_partner("Deactivated")
    key, ids = partner["liveKey"], {"PARTNER_ID": partner["partnerId"]}
    reader.installation.manage("deactivate_partner", partner["partnerId"])
    _require(reader.status_of(key) in (401, 403), "a deactivated partner can call")
    reader.run(_find("reactivate_partner"), **ids)
    _require(reader.status_of(key) == 200, "a reactivated partner cannot call")
    reader.run(_find("revoke_key"), KEY_ID=reader.live_key_id(partner), **ids)
    _require(reader.status_of(key) == 401, "a revoked key can call")


def _find(words: str) -> Block:
    [block] = [each for each in _BLOCKS if each.guide == "runbooks" and words in each.text]
    return block


def _require(is_so: bool, problem: str) -> None:
    if not is_so:
        raise Failed(problem)


if __name__ == "__main__":
    sys.exit(main())
