"""What `deploy/` ships: started, or checked by its own linter, as far as this machine has them."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
import trustme
import urllib3

from config.local.postgres import Server
from tests.deploy_programs import DEPLOY, program, run
from tests.factories import Keys
from tests.imaging.calls import CREATE, PROMPT, USAGE
from tests.ports import free_port
from tests.server_fixtures import Start

HOST = "api.example.com"


@contextmanager
def nginx(folder: Path, webs: list[int], port: int) -> Iterator[None]:
    """Run the shipped configuration with other ports and a certificate of this test."""
    certificate = trustme.CA().issue_cert(HOST)
    (folder / "tls").mkdir()
    certificate.private_key_pem.write_to_path(str(folder / "tls/tls.key"))
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(str(folder / "tls/tls.crt"), append=True)
    text = (DEPLOY / "nginx.conf").read_text()
    text = re.sub(
        r"listen 80 .*?}",
        f"listen 127.0.0.1:{free_port()}; return 308 /; }}",
        text,
        flags=re.S,
    )
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    text = text.replace("/run/nginx.pid", str(folder / "pid"))
    text = text.replace("include mime.types", "include /etc/nginx/mime.types")
    if os.geteuid():
        text = text.replace("user www-data;", "")
    upstream = (DEPLOY / "shopiq-upstream.conf").read_text()
    for shipped, ours in zip((8000, 8001), webs, strict=True):
        upstream = upstream.replace(f":{shipped} ", f":{ours} ")
    (folder / "nginx.conf").write_text(text)
    (folder / "shopiq-upstream.conf").write_text(upstream)
    command = [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    run(*command, "-t")
    process = subprocess.Popen([*command, "-g", "daemon off;"])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_nginx_serves_calls_from_two_web_processes(
    keys: Keys, own_server: Start, tmp_path: Path
) -> None:
    program("nginx")
    port = free_port()
    env = {
        "BEHIND_TLS_PROXY": "true",
        "TRUSTED_PROXIES": "127.0.0.1",
        "PUBLIC_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "SECURE_SSL_REDIRECT": "true",
    }
    webs = [own_server(env=env), own_server(env=env)]
    http = urllib3.PoolManager(cert_reqs=ssl.CERT_NONE, assert_hostname=False, retries=False)
    urllib3.disable_warnings()

    def call(method: str, path: str, **options: Any) -> Any:
        headers = {"Host": HOST, "x-api-key": keys.live, "X-Forwarded-For": "192.0.2.1"}
        return http.request(method, f"https://127.0.0.1:{port}{path}", headers=headers, **options)

    with TemporaryDirectory() as folder, nginx(Path(folder), [web.port for web in webs], port):
        while True:
            try:
                assert call("GET", USAGE).status == 200
                break
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
        assert call("POST", CREATE, json=PROMPT).status == 200
        assert call("GET", "/login/").status == 200
        assert call("POST", CREATE, body=b"x" * 1_100_000).status == 413
        assert {call("GET", path).status for path in ("/metrics", "/statusz")} == {404}
        webs[0].stop()
        # Connections to a process that has ended go to the other, also of calls that cost.
        assert {call("POST", CREATE, json=PROMPT).status for _ in range(6)} == {200}


@pytest.mark.slow
def test_roles_can_be_made_again_and_reports_only_read() -> None:
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        server = Server(Path(folder, "data"))
        server.start()
        try:
            words = [f"{name}_password=secret" for name in ("owner", "serving", "reports")]
            # Once more, and for a database that a backup is to be restored into.
            for named in (words, words, ["database=restored"]):
                run(
                    *("psql", "-q", server.admin_url, "-f", DEPLOY / "sql/roles.sql"),
                    *(part for word in named for part in ("-v", word)),
                    env={**os.environ, "PGHOST": str(server.cluster.sockets)},
                )
            with psycopg.connect(server.url) as serving:
                limits = "SHOW lock_timeout", "SHOW statement_timeout", "SHOW log_error_verbosity"
                found = [serving.execute(limit.encode()).fetchone() for limit in limits]
                assert found == [("5s",), ("15s",), ("terse",)]
            with psycopg.connect(server.owner_url, autocommit=True) as owner:
                owner.execute("CREATE DATABASE scratch")  # as verify_backup does
            for database in ("shopiq", "restored"):
                require_that_reports_only_read(server, database)
        finally:
            server.stop()


def require_that_reports_only_read(server: Server, database: str) -> None:
    with psycopg.connect(server.owner_url, dbname=database) as owner:
        owner.execute("CREATE TABLE sample AS SELECT 1 AS n")
    with psycopg.connect(server.admin_url, dbname=database) as reports:
        reports.execute("SET SESSION AUTHORIZATION shopiq_reports")
        assert reports.execute("SELECT n FROM sample").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reports.execute("DELETE FROM sample")
