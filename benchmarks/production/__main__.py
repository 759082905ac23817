"""Boot production on this machine and do to it what operators do, under calls.

    python -m benchmarks.production [--seconds 8] [--only killed promoted]

Debian's PostgreSQL, PgBouncer and nginx with the configuration in `deploy/`; a storage that speaks
S3, a mail server and an image model on loopback. It restarts, reloads, kills, migrates, rotates
keys, backs up, crashes the database and promotes the standby, and prints what callers saw. It exits
with 1 if a call failed in a phase where none may, if a point is missing, or if the ledger is not
proven.
"""

from __future__ import annotations

import argparse
import json
import logging
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import psycopg
from aiosmtpd.controller import Controller
from moto.server import ThreadedMotoServer

from benchmarks.kills.verdict import RULES
from benchmarks.production.callers import Callers, Phase
from benchmarks.production.installation import Installation, random_key
from benchmarks.production.processes import free_port, wait_for
from tests.config.mail_server import MailServer
from tests.imaging.fakes.gemini import IMAGE_MODEL, TEXT_MODEL, FakeGemini
from tests.imaging.fakes.server import API_KEY, Mood

Act = tuple[str, Callable[[], object], bool]
_BUCKETS = ("images", "sites")
#: Leases of calls that were cut off end, and the sweeper refunds them.
_LEASE_SECONDS = 25


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.production")
    parser.add_argument(
        "--seconds", type=float, default=8, help="of quiet before and after each act"
    )
    parser.add_argument("--callers", type=int, default=12)
    parser.add_argument("--only", nargs="+", metavar="WORD", help="acts whose names have a word")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # all that was started is stopped
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopiq-production-")))
        folder.chmod(0o777)
        services = stack.enter_context(_services())
        installation = Installation(folder, services=services)
        stack.callback(installation.stop)
        _say("booting")
        installation.boot()
        keys = [installation.create_partner(f"partner{n}")["liveKey"] for n in range(3)]
        callers = Callers(installation.url, keys, size=options.callers)
        acts = _acts(installation)
        if options.only:
            acts = [act for act in acts if any(word in act[0] for word in options.only)]
        failed = _run(acts, callers, options.seconds)
        failed += _check_points(installation, callers)
    _say(f"{'FAILED: ' + '; '.join(failed) if failed else 'Nothing was lost.'}")
    return 1 if failed else 0


@contextmanager
def _services() -> Iterator[dict[str, str]]:
    """Yield the settings of what runs elsewhere in production."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    storage = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    storage.start()
    host, port = storage.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    access = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    for name in _BUCKETS:
        client.create_bucket(Bucket=name)
    mail = Controller(MailServer(), hostname="127.0.0.1", port=free_port())
    mail.start()
    with FakeGemini(image=Mood("ok", 0.5)) as model:
        yield {
            **access,
            "S3_ENDPOINT_URL": endpoint,
            "S3_BUCKET": _BUCKETS[0],
            "SITES_S3_BUCKET": _BUCKETS[1],
            "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
            "GEMINI_BASE_URL": model.base_url,
            "GEMINI_API_KEY": API_KEY,
            "GEMINI_IMAGE_MODEL": IMAGE_MODEL,
            "GEMINI_TEXT_MODEL": TEXT_MODEL,
            "IMAGE_CALL_SECONDS": "15",
            "IMAGE_LEASE_MARGIN_SECONDS": "5",
        }
    mail.stop()
    storage.stop()


def _run(acts: list[Act], callers: Callers, seconds: float) -> list[str]:
    """Do each act under calls; return the phases in which calls failed that must not."""
    callers.begin("quiet")
    callers.start()
    time.sleep(seconds)
    done = []
    for name, act, may_fail in acts:
        _say(name)
        phase, started = callers.begin(name), time.monotonic()
        act()
        done.append((phase, time.monotonic() - started, may_fail))
        time.sleep(seconds)
    callers.stop()  # waits for the answers of calls that began in an earlier phase
    for phase, took, _ in done:
        _report(phase, took)
    return [
        f"{phase.failures} calls failed during: {phase.name}"
        for phase, _, may_fail in done
        if phase.failures and not may_fail
    ]


def _acts(installation: Installation) -> list[Act]:
    """Name, act, and whether calls may fail meanwhile."""
    return [
        ("rolling restart of both web processes", lambda: _restart_all(installation), False),
        ("reload of both (SIGHUP)", lambda: _reload_all(installation), False),
        ("migrate_safely", lambda: installation.manage("migrate_safely", owner=True), False),
        ("rotation of the encryption key", lambda: _rotate(installation), False),
        ("backup and verify_backup", lambda: _back_up(installation), False),
        ("worker and sweeper restarted", installation.restart_others, False),
        ("web-1 killed and started", lambda: _kill(installation), True),
        ("PgBouncer restarted", installation.reload_pgbouncer, True),
        ("database crashes and starts", lambda: _crash(installation), True),
        ("primary dies, standby is promoted", lambda: _fail_over(installation), True),
        ("after the failover", lambda: None, False),
    ]


def _restart_all(installation: Installation) -> None:
    for number in range(len(installation.webs)):
        installation.restart_web(number)


def _reload_all(installation: Installation) -> None:
    for web in installation.webs:
        web.signal(signal.SIGHUP)


def _rotate(installation: Installation) -> None:
    old = installation.env["FIELD_ENCRYPTION_KEYS"]
    installation.env["FIELD_ENCRYPTION_KEYS"] = f"2:{random_key()},{old}"
    _restart_all(installation)
    installation.restart_others()
    installation.manage("rotate_keys", owner=True)
    installation.env["FIELD_ENCRYPTION_KEYS"] = installation.env["FIELD_ENCRYPTION_KEYS"].split(
        ","
    )[0]
    _restart_all(installation)
    installation.restart_others()


def _back_up(installation: Installation) -> None:
    folder = installation.manage("backup", str(installation.folder / "backups"), owner=True)
    server = installation.primary.url("postgres", "postgres")
    _say(
        installation.manage("verify_backup", folder.strip(), "--server", server, owner=True).strip()
    )


def _kill(installation: Installation) -> None:
    installation.webs[0].kill()
    installation.start_web(0)


def _crash(installation: Installation) -> None:
    installation.primary.stop(signal.SIGQUIT)
    installation.primary.start()


def _fail_over(installation: Installation) -> None:
    installation.primary.stop(signal.SIGQUIT)
    installation.standby.promote()
    installation.point_at(installation.standby)
    installation.reload_pgbouncer()


def _check_points(installation: Installation, callers: Callers) -> list[str]:
    """Wait for the leases of cut calls, then compare the books with what callers were told."""
    installation.restart_others()
    url = installation.current.url("postgres")
    with psycopg.connect(url, autocommit=True) as session:

        def is_settled() -> bool:
            query = "SELECT NOT EXISTS (SELECT FROM billing_charge WHERE state = 'reserved')"
            return session.execute(query).fetchone() == (True,)

        time.sleep(_LEASE_SECONDS)
        wait_for(is_settled)
        failed = [
            f"{name}: {len(rows)} rows"
            for name, rule in RULES.items()
            if (rows := session.execute(rule.encode()).fetchall())
        ]
        row = session.execute(
            "SELECT count(*), coalesce(sum(cost - refunded), 0) FROM billing_charge"
            " WHERE state = 'succeeded'"
        ).fetchone()
    assert row
    charged, told = (int(row[0]), int(row[1])), (callers.created, sum(callers.spent.values()))
    _say(f"callers were told of {told[0]} images for {told[1] / 100:.2f} points;")
    _say(f"the books have {charged[0]} for {charged[1] / 100:.2f}, with those of lost answers.")
    lost = sum(
        n
        for phase in callers.phases
        for (k, s), n in phase.answers.items()
        if k == "create" and s != 200
    )
    if not told[0] <= charged[0] <= told[0] + lost or charged[1] < told[1]:
        failed.append("the books differ from what callers were told")
    report = json.loads(installation.manage("check_ledger", "--json", owner=True))
    return failed if report["ok"] else [*failed, "check_ledger"]


def _report(phase: Phase, took: float) -> None:
    statuses = sorted({status for _, status in phase.answers})
    counts = {
        status or "lost": sum(n for (_, s), n in phase.answers.items() if s == status)
        for status in statuses
    }
    listed = ", ".join(f"{n} × {status}" for status, n in counts.items())
    _say(f"{phase.name:42}{took:6.1f} s   longest {phase.longest:5.1f} s   {listed}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
