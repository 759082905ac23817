"""PostgreSQL with a standby, PgBouncer, two web processes, worker, sweeper and nginx."""

from __future__ import annotations

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import trustme
import urllib3

from benchmarks.production.clusters import Cluster, binaries
from benchmarks.production.disks import SmallDisk
from benchmarks.production.processes import Process, free_port, program, wait_for

CHECKOUT = Path(__file__).resolve().parents[2]
DEPLOY = CHECKOUT / "deploy"
HOST = "api.example.com"
_DISK_MIB = 768


class Installation:
    """All parts below `folder`, with the configuration that `deploy/` ships."""

    def __init__(
        self, folder: Path, *, services: dict[str, str], checkout: Path = CHECKOUT
    ) -> None:
        self.folder, self.checkout = folder, checkout
        self.disk = SmallDisk(folder / "disk", size=_DISK_MIB)
        self.has_small_disk = self.disk.mount()
        self.primary = Cluster(folder / "primary", log=folder / "primary.log")
        self.standby = Cluster(self.disk.folder / "standby", log=folder / "standby.log")
        self.pooler_port, self.tls_port = free_port(), free_port()
        self.web_ports = (free_port(), free_port())
        self.env = {**_inherited(), **_settings(), **services, "SHOPIQ_DATA": str(folder / "data")}
        self.current = self.primary
        self.webs: list[Process] = []
        self.others: list[Process] = []
        self.proxies: list[Process] = []

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.tls_port}"

    def boot(self) -> None:
        self._boot_database()
        self.point_at(self.primary)
        self._start_pgbouncer()
        self.manage("migrate_safely", owner=True)
        self.manage("collectstatic", "--no-input", "--verbosity", "0")
        if (self.checkout / "locale").is_dir():  # a former release may have none
            self.manage("compilemessages")
        self._start_application()
        self._start_nginx()

    def point_at(self, cluster: Cluster) -> None:
        """Set the addresses of the database, also for processes that are started later."""
        self.current = cluster
        both = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        direct = f"postgres://shopiq:secret@{both}/shopiq?target_session_attrs=read-write"
        pooled = f"postgres://shopiq:secret@127.0.0.1:{self.pooler_port}/shopiq"
        self.env |= {"DATABASE_URL": pooled, "DATABASE_DIRECT_URL": direct}
        self.owner_url = cluster.url("shopiq_owner")
        text = (DEPLOY / "pgbouncer.ini").read_text()
        text = text.replace("host=postgres port=5432", f"host=127.0.0.1 port={cluster.port}")
        text = text.replace("listen_addr = *", "listen_addr = 127.0.0.1")
        text = text.replace("6432", str(self.pooler_port))
        text = text.replace("/tmp/userlist.txt", str(self.folder / "userlist.txt"))
        (self.folder / "pgbouncer.ini").write_text(text)
        (self.folder / "userlist.txt").write_text('"shopiq" "secret"\n')

    def manage(self, *words: str, owner: bool = False, env: Mapping[str, str] | None = None) -> str:
        """Run a command of `manage.py` and return what it printed."""
        extra = {"DATABASE_OWNER_URL": self.owner_url} if owner else {}
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=self.checkout,
            env={**self.env, "DB_POOL_SIZE": "0", **extra, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"manage.py {words[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def restart_webs(self) -> None:
        """One by one, each when the one before is ready (docs/upgrade.md)."""
        for number in range(len(self.webs)):
            self.restart_web(number)

    def restart_web(self, number: int) -> None:
        """Stop it, start it with the settings as they are now, and wait until it is ready."""
        self.webs[number].stop()
        self.start_web(number)

    def start_web(self, number: int) -> None:
        port = self.web_ports[number]
        self.webs[number].env = {**self.env, "PORT": str(port), "PYTHONUNBUFFERED": "1"}
        self.webs[number].checkout = self.checkout
        self.webs[number].start()
        wait_for(lambda: _status(f"http://127.0.0.1:{port}/readyz") == 200)

    def restart_others(self) -> None:
        for process in self.others:
            process.stop()
            process.env, process.checkout = {**self.env, "DB_POOL_SIZE": "0"}, self.checkout
            process.start()

    def are_ready(self) -> bool:
        """Whether `/readyz` of each web process answers 200."""
        return all(_status(f"http://127.0.0.1:{port}/readyz") == 200 for port in self.web_ports)

    def create_partner(self, name: str) -> dict[str, Any]:
        limits = ("--requests-per-minute", "1000000", "--requests-per-day", "1000000")
        words = (*("--package", "pack_25000") * 3, *limits, "--json")
        printed = self.manage("create_partner", name, "--email", f"{name}@example.com", *words)
        created: dict[str, Any] = json.loads(printed)
        return created

    def stop(self) -> None:
        for process in (*self.proxies[1:], *self.webs, *self.others, *self.proxies[:1]):
            process.kill()
        for cluster in (self.standby, self.primary):
            cluster.remove()
        self.disk.unmount()

    def _boot_database(self) -> None:
        self.primary.create()
        self.primary.start()
        words = [f"{name}_password=secret" for name in ("owner", "serving", "reports")]
        passwords: list[str | Path] = [part for word in words for part in ("-v", word)]
        command: list[str | Path] = [
            binaries() / "psql",
            *("-q", "-h", "127.0.0.1", "-p", str(self.primary.port), "-U", "postgres"),
            *passwords,
            "-f",
            DEPLOY / "sql/roles.sql",
        ]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.standby.copy_from(self.primary)
        self.standby.start()
        self.primary.wait_for_standby()

    def _start_pgbouncer(self) -> None:
        name = program("pgbouncer", "pgbouncer")
        user = ["-u", "postgres"] if os.geteuid() == 0 else []
        for file in ("pgbouncer.ini", "userlist.txt"):
            (self.folder / file).chmod(0o644)
        self._add(self.proxies, "pgbouncer", [name, *user, self.folder / "pgbouncer.ini"], {})

    def reload_pgbouncer(self) -> None:
        for file in ("pgbouncer.ini", "userlist.txt"):
            (self.folder / file).chmod(0o644)
        self.proxies[0].stop()
        self.proxies[0].start()

    def _start_application(self) -> None:
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py"]
        for number in range(len(self.web_ports)):
            command = [*gunicorn, "config.wsgi:application"]
            self.webs.append(Process(f"web-{number + 1}", command, folder=self.folder, env={}))
            self.start_web(number)
        for name, word in (("worker", "work"), ("sweeper", "sweep")):
            command = [sys.executable, "manage.py", word]
            self.others.append(Process(name, command, folder=self.folder, env={}))
        self.restart_others()

    def _start_nginx(self) -> None:
        certificate = trustme.CA().issue_cert(HOST)
        (self.folder / "tls").mkdir()
        certificate.private_key_pem.write_to_path(str(self.folder / "tls/tls.key"))
        certificate.cert_chain_pems[0].write_to_path(str(self.folder / "tls/tls.crt"))
        text = (DEPLOY / "nginx.conf").read_text()
        for shipped, ours in {
            "listen 80 ": f"listen 127.0.0.1:{free_port()} ",
            "listen 443 ": f"listen 127.0.0.1:{self.tls_port} ",
            "/run/nginx.pid": f"{self.folder}/nginx.pid",
            "include mime.types": "include /etc/nginx/mime.types",
        }.items():
            text = text.replace(shipped, ours)
        upstream = (DEPLOY / "shopiq-upstream.conf").read_text()
        for place, port in zip((8000, 8001), self.web_ports, strict=True):
            upstream = upstream.replace(f":{place} ", f":{port} ")
        (self.folder / "nginx.conf").write_text(text)
        (self.folder / "shopiq-upstream.conf").write_text(upstream)
        command = [
            program("nginx", "nginx-light"),
            "-p",
            self.folder,
            "-c",
            self.folder / "nginx.conf",
        ]
        self._add(self.proxies, "nginx", [*command, "-g", "daemon off;"], {})

    def _add(
        self, group: list[Process], name: str, command: list[Any], env: dict[str, str]
    ) -> None:
        process = Process(name, command, folder=self.folder, env=env)
        process.start()
        group.append(process)


def random_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def _settings() -> dict[str, str]:
    """What `tests/production.env` has, with fresh secrets."""
    lines = (CHECKOUT / "tests/production.env").read_text().splitlines()
    shipped = dict(line.split("=", 1) for line in lines)
    own = {name: secrets.token_urlsafe(40) for name in ("SECRET_KEY", "LOOKUP_KEY")}
    own |= {"AUTO_LOGIN_JWT_SECRET": secrets.token_urlsafe(40)}
    own |= {name: f"1:{random_key()}" for name in ("FIELD_ENCRYPTION_KEYS", "SIGNING_KEYS")}
    # Calls of this machine alone: no limit of connections, and a grace that ends within the run.
    return {**shipped, **own, "PUBLIC_URL": f"https://{HOST}", "ALLOWED_HOSTS": HOST}


def _inherited() -> dict[str, str]:
    kept = ("PATH", "LANG", "LD_LIBRARY_PATH")
    return {name: value for name, value in os.environ.items() if name in kept}


def _status(url: str) -> int:
    try:
        return int(urllib3.request("GET", url, timeout=5, retries=False).status)
    except urllib3.exceptions.HTTPError:
        return 0
