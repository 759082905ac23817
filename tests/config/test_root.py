"""Started by root, the processes that serve run as an unprivileged user."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import urllib3

from config.local.postgres import Server
from config.local.users import database_user, run_as, serving_user
from tests.harnesses import prepared_platform
from tests.ports import free_port
from tests.waiting import wait_for

pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can give up being root"),
]

CHECKOUT = Path(__file__).resolve().parent.parent.parent
USER = serving_user(database=database_user())
#: Who runs a process does not depend on how many there are.
ONE_WORKER = {"WEB_CONCURRENCY": "1"}
SERVING = ("gunicorn", "manage.py work", "manage.py sweep")


def is_readable(path: str | Path, *, python: str) -> bool:
    """Return whether that user can run this Python and read this path."""
    command = [python, "-c", f"open({str(path)!r}).read()"]
    try:
        done = subprocess.run(command, check=False, cwd="/", **run_as(USER))
    except OSError:
        return False
    return done.returncode == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    """Not in pytest's folders, which are private."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def python(folder: Path) -> Path:
    """An environment with our packages whose Python any user can run."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = [sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"]
    usable = [path for path in found if is_readable(CHECKOUT / "manage.py", python=path)]
    if not usable:
        pytest.skip("no Python that an unprivileged user can run, or no readable checkout")
    subprocess.run([usable[0], "-m", "venv", "--without-pip", folder / "venv"], check=True)
    packages = folder / "venv" / "lib" / version / "site-packages"
    (packages / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
    made = folder / "venv" / "bin" / "python"
    gunicorn = made.with_name("gunicorn")
    gunicorn.write_text(f"#!{made}\nfrom gunicorn.app.wsgiapp import run\nrun()\n")
    gunicorn.chmod(0o755)
    return made


class Run:
    def __init__(self, python: Path | str, data: Path, **env: str) -> None:
        self.port = env.get("PORT") or str(free_port())
        self.data = data
        clean = {n: v for n, v in os.environ.items() if not n.startswith(("DATABASE", "SHOPIQ"))}
        self.output = data.with_suffix(".log")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [python, "-m", "config.local.supervisor"],
                cwd=CHECKOUT,
                env={**clean, "SHOPIQ_DATA": str(data), "PORT": self.port, **ONE_WORKER, **env},
                stdout=output,
                stderr=output,
            )
        wait_for(lambda: "is ready" in self.text or self.process.poll() is not None)
        assert "is ready" in self.text, self.text

    @property
    def text(self) -> str:
        return self.output.read_text()

    def users(self) -> dict[str, set[int]]:
        """Return the users of our serving processes, by what they run."""
        found: dict[str, set[int]] = {name: set() for name in SERVING}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                ours = f"SHOPIQ_SUPERVISED={self.data}".encode() in (entry / "environ").read_bytes()
                for name in SERVING:
                    if ours and name in command and "/bin/sh" not in command:
                        found[name].add(entry.stat().st_uid)
            except OSError:
                continue
        return found

    def stop(self) -> None:
        self.process.terminate()
        assert self.process.wait() == 0


@pytest.mark.timeout(900)
def test_root_gives_up_its_rights_twice_in_a_row(folder: Path, python: Path) -> None:
    data = folder / "data"
    run = Run(python, data)
    try:
        assert run.users() == {name: {USER.pw_uid} for name in SERVING}
        assert "run as root" not in run.text
        key = re.search(r"sq_live_\w+", run.text)
        assert key
        create_image(run, key[0])
        assert (data / "secrets.env").stat().st_uid == USER.pw_uid
        assert (data / "secrets.env").stat().st_mode & 0o777 == 0o600
        check_database_access(data)
    finally:
        run.stop()

    # What a command of root has left in these folders would be in the way.
    os.chown(data / "media", 0, 0)
    again = Run(python, data)
    try:
        create_image(again, key[0])
    finally:
        again.stop()


def create_image(run: Run, key: str) -> None:
    response = urllib3.request(
        "POST",
        f"http://127.0.0.1:{run.port}/partner/v1/image/create",
        json={"prompt": "a vase"},
        headers={"x-api-key": key},
    )
    assert response.status == 200, response.data
    images = list((run.data / "media").rglob("*.png"))
    assert images
    assert {image.stat().st_uid for image in images} == {USER.pw_uid}
    path = json.loads(response.data)["data"]["imageUrl"].partition("/media/")[2]
    assert urllib3.request("GET", f"http://127.0.0.1:{run.port}/media/{path}").status == 200


def check_database_access(data: Path) -> None:
    """The serving user has the serving role only, and none of the database's files."""
    server = Server(data)
    script = "import psycopg, sys; psycopg.connect(sys.argv[1])"
    options = run_as(USER)
    python = data.parent / "venv" / "bin" / "python"
    for url, is_admitted in (
        (server.url, True),
        (server.owner_url, False),
        (server.admin_url, False),
    ):
        done = subprocess.run(
            [python, "-c", script, url], check=False, capture_output=True, cwd="/", **options
        )
        assert (done.returncode == 0) == is_admitted, done.stderr
    other = pwd.getpwuid(server.cluster.owner.pw_uid).pw_name
    assert other != USER.pw_name
    assert server.cluster.path.stat().st_mode & 0o077 == 0


@pytest.mark.timeout(900)
def test_where_the_code_is_roots_alone_it_says_so(folder: Path, python: Path) -> None:
    (folder / "venv").chmod(0o700)
    data = folder / "data"
    subprocess.run(["cp", "-a", prepared_platform(), data], check=True)  # it keeps owners
    run = Run(python, data)
    try:
        assert run.users() == {name: {0} for name in SERVING}
        line = rf"run as root, because {USER.pw_name} cannot: Permission denied"
        assert re.search(line, run.text)
        assert (data / "secrets.env").stat().st_uid == 0
    finally:
        run.stop()
