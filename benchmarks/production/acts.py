"""What operators do, and what happens to them, each under calls."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from benchmarks.production.installation import CHECKOUT, Installation, random_key
from benchmarks.production.processes import say, wait_for
from benchmarks.production.releases import write_next

#: WAL that is written to a full disk until PostgreSQL gives up.
_WAL_MIB = 400
_WRITE_A_MIB = "SELECT pg_logical_emit_message(true, 'x', repeat('x', 1 << 20))"


@dataclass(frozen=True)
class Act:
    """`may_fail`: calls may fail until it is done, and shortly after."""

    name: str
    do: Callable[[], object]
    may_fail: bool = False


def list_acts(installation: Installation) -> list[Act]:
    acts = Acts(installation)
    listed = [
        Act("rolling restart of both web processes", installation.restart_webs),
        Act("reload of both (SIGHUP)", acts.reload),
        Act("migration by the next release", acts.migrate_to_next),
        Act("rolling restart with the next release", acts.start_next),
        Act("back to the former release", acts.go_back),
        Act("rotation of encryption and lookup key", acts.rotate_keys),
        Act("backup, verified, restored beside", acts.back_up),
        Act("worker and sweeper restarted", installation.restart_others),
        Act("web-1 killed and started", acts.kill, may_fail=True),
        Act("PgBouncer restarted", installation.reload_pgbouncer, may_fail=True),
        Act("database crashes and starts", acts.crash, may_fail=True),
        Act("primary dies, standby is promoted", acts.fail_over, may_fail=True),
        Act("disk of the database full, then freed", acts.fill_disk, may_fail=True),
        Act("after all", lambda: None),
    ]
    if not installation.has_small_disk:
        say("This machine does not let us mount a small disk: it will not be filled.")
        listed = [act for act in listed if act.do != acts.fill_disk]
    return listed


class Acts:
    """Those that are more than one command."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._former = installation.checkout
        self._is_from_former = installation.checkout != CHECKOUT

    def reload(self) -> None:
        for web in self._installation.webs:
            web.signal(signal.SIGHUP)

    def migrate_to_next(self) -> None:
        """The running processes of the former release stay ready on the new schema."""
        here = self._installation
        here.checkout = (
            CHECKOUT if self._is_from_former else write_next(here.folder / "next-release")
        )
        here.manage("migrate_safely", owner=True)
        here.manage("collectstatic", "--no-input", "--verbosity", "0")
        here.manage("compilemessages")
        ready = "are" if here.are_ready() else "are NOT"
        say(f"web processes of the former release {ready} ready on the schema of the next one")

    def start_next(self) -> None:
        self._installation.restart_webs()
        self._installation.restart_others()

    def go_back(self) -> None:
        """Without a migration: the former release works on the next one's schema."""
        self._installation.checkout = self._former
        self.start_next()
        if self._is_from_former:
            self._installation.checkout = CHECKOUT
            self.start_next()

    def rotate_keys(self) -> None:
        """Tell all processes both new keys, write all rows with them, and remove the old ones."""
        here = self._installation
        old_field, old_lookup = here.env["FIELD_ENCRYPTION_KEYS"], here.env["LOOKUP_KEY"]
        new_field, new_lookup = f"2:{random_key()}", random_key()
        self._start_with(
            FIELD_ENCRYPTION_KEYS=f"{old_field},{new_field}", LOOKUP_KEY_FALLBACKS=new_lookup
        )
        self._start_with(
            FIELD_ENCRYPTION_KEYS=f"{new_field},{old_field}",
            LOOKUP_KEY=new_lookup,
            LOOKUP_KEY_FALLBACKS=old_lookup,
        )
        here.manage("rotate_keys", owner=True)
        here.manage("rotate_lookup_key", owner=True)
        self._start_with(FIELD_ENCRYPTION_KEYS=new_field, LOOKUP_KEY_FALLBACKS="")
        say(here.manage("doctor", "--only", "settings", "keys").strip())

    def _start_with(self, **settings: str) -> None:
        self._installation.env |= settings
        self.start_next()

    def back_up(self) -> None:
        here = self._installation
        server = here.current.url("postgres", "postgres")
        folder = here.manage("backup", str(here.folder / "backups"), owner=True).strip()
        say(here.manage("verify_backup", folder, "--server", server, owner=True).strip())
        here.current.execute("CREATE DATABASE restored OWNER shopiq_owner")
        here.current.execute("GRANT CONNECT ON DATABASE restored TO shopiq")
        beside = {
            "DATABASE_URL": here.current.url("shopiq", "restored"),
            "DATABASE_OWNER_URL": here.current.url("shopiq_owner", "restored"),
            "DATABASE_DIRECT_URL": "",
        }
        say(here.manage("restore", folder, env=beside).strip())
        say(here.manage("doctor", "--only", "database", "role", "functions", "keys", env=beside))

    def kill(self) -> None:
        self._installation.webs[0].kill()
        self._installation.start_web(0)

    def crash(self) -> None:
        self._installation.primary.stop(signal.SIGQUIT)
        self._installation.primary.start()

    def fail_over(self) -> None:
        here = self._installation
        here.primary.stop(signal.SIGQUIT)
        here.standby.promote()
        here.point_at(here.standby)
        here.reload_pgbouncer()

    def fill_disk(self) -> None:
        """Until PostgreSQL stops for want of room; then free it and start PostgreSQL."""
        here, database = self._installation, self._installation.current
        session = psycopg.connect(database.url("postgres", "postgres"), autocommit=True)
        here.disk.fill()
        time.sleep(3)  # calls
        try:
            for _ in range(_WAL_MIB):
                session.execute(_WRITE_A_MIB)
        except psycopg.Error as error:
            say(f"PostgreSQL: {str(error).strip().splitlines()[0]}")
        session.close()
        time.sleep(3)  # calls
        state = "runs" if database.is_running() else "has stopped"
        say(f"{here.disk.free_bytes()} bytes are free, PostgreSQL {state}")
        here.disk.free()
        if not database.is_running():
            database.start()
        wait_for(database.answers)
