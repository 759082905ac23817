"""Configuration of gunicorn: threads, because a call may wait two minutes for a model.

Run by ``gunicorn -c config/gunicorn.py``. `config.edge` keeps slow clients out of the threads.

granian serves a fifth to a third more requests per second. Slow clients take all of its threads,
it rejects malformed HTTP without the envelope, and it runs nothing of ours at its end, where calls
that were cut off get their points back.
"""

import os
import resource
import secrets
import shutil
import subprocess
import sys

from gunicorn.arbiter import Arbiter

from config.edge.worker import EdgeWorker
from config.environment import WrongVariable, grace_seconds, load_env_file, whole_number
from config.monitoring.folder import make_metrics_folder, memory_folder

try:
    load_env_file()
    bind = os.environ.get("BIND") or f"127.0.0.1:{whole_number('PORT', 8000)}"
    workers = whole_number("WEB_CONCURRENCY", 2)
    threads = whole_number("WEB_THREADS", 256)
    #: Seconds for requests in progress to finish after SIGTERM.
    graceful_timeout = int(grace_seconds())
except WrongVariable as error:
    sys.exit(str(error))
worker_class = EdgeWorker
#: Threads share the connections to the database.
os.environ.setdefault("DB_POOL_SIZE", "10")
os.environ["SHOPIQ_PROCESS"] = "web"


def _raise_open_files() -> int:
    """Allow as many open files as the machine lets us, and return their number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    return limit


# Connections that only wait cost little. Each thread may open a few files of its own.
worker_connections = max(threads + 64, min(threads + 4096, _raise_open_files() - 4 * threads))
#: Seconds between heartbeats of the worker's main loop; a request may take longer.
timeout = 60
keepalive = 5
loglevel = "warning"
# In memory: on a slow disk, a heartbeat could be late and a healthy worker be killed.
worker_tmp_dir = memory_folder()
# Unused, and all installations of one user would share its path in the home folder.
control_socket_disable = True
# Forwarded headers are evaluated in one place, by the application. Gunicorn would trust every
# client on this machine, and reject contradictions with an HTML page.
forwarded_allow_ips = ""
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""

# Marks the reservations of this master and its workers. It survives a reload (SIGHUP); an id from
# another process or the environment must not be released here.
if not os.environ.get("SHOPIQ_INSTANCE", "").startswith(f"{os.getpid()}-"):
    os.environ["SHOPIQ_INSTANCE"] = f"{os.getpid()}-{secrets.token_hex(12)}"


def on_starting(server: Arbiter) -> None:
    """Refuse to start with unsafe settings; a separate process checks, to keep the master small."""
    # The workers import the library, which chooses its kind of numbers by this.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = make_metrics_folder()
    if os.environ.get("SHOPIQ_CHECKED"):  # checked by the process that started us
        return
    command = [sys.executable, "manage.py", "check", "--deploy", "--database", "default"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)


def worker_exit(server: Arbiter, worker: EdgeWorker) -> None:
    """Finish calls that go on after their response, as long as the master lets the worker."""
    from config.jobs.threads import wait_until_idle  # noqa: PLC0415 - Django is set up by now

    wait_until_idle(worker.notify)


def on_exit(server: Arbiter) -> None:
    """Let the apps settle the calls that were cut off at the end of the grace period."""
    shutil.rmtree(os.environ.pop("PROMETHEUS_MULTIPROC_DIR", ""), ignore_errors=True)
    os.environ["DB_POOL_SIZE"] = "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        import django  # noqa: PLC0415 - Django is set up here

        django.setup()
        from config.jobs.signals import web_server_stopped  # noqa: PLC0415 - Django is set up here

        web_server_stopped.send(None, instance=os.environ["SHOPIQ_INSTANCE"])
    except Exception as error:  # noqa: BLE001 - the web server must end all the same
        # Their leases expire: the scheduler refunds them within minutes.
        server.log.error("Interrupted requests will be refunded later: %s", error)
