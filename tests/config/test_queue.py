"""Messages identify registered functions; a lost message is not an error."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.db import connections
from django_q.models import OrmQ

from config.jobs import queue
from config.jobs.heartbeat import record_heartbeat
from config.jobs.queue import (
    NotABackgroundTask,
    background_task,
    enqueue,
    enqueue_unless_full,
    task_path,
)


@pytest.mark.parametrize("put", [enqueue, enqueue_unless_full])
def test_an_unregistered_function_cannot_be_enqueued(
    live_db: None, put: Callable[..., None]
) -> None:
    with pytest.raises(NotABackgroundTask, match="has no @background_task"):
        put(import_module)

    assert not OrmQ.objects.exists()


def test_a_local_function_cannot_be_registered() -> None:
    def local() -> None: ...

    with pytest.raises(NotABackgroundTask, match="is no function of a module"):
        background_task(local)
    with pytest.raises(NotABackgroundTask):
        background_task(lambda: None)


def test_every_registered_function_is_found_by_its_path() -> None:
    assert queue._paths
    for function, path in queue._paths.items():
        module, _, name = path.rpartition(".")
        assert getattr(import_module(module), name) is function


def test_a_message_has_the_path_and_arguments_of_the_function(live_db: None) -> None:
    enqueue(record_heartbeat, "partner", 7)

    message = OrmQ.objects.get()
    assert message.func() == task_path(record_heartbeat)
    assert message.task["args"] == ("partner", 7)


def test_an_unavailable_database_is_logged_and_not_raised(
    live_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    connection = connections["default"]
    connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(connection.settings_dict, "HOST", "/nowhere")
        patch.setitem(connection.settings_dict["OPTIONS"], "host", "/nowhere")
        enqueue(record_heartbeat)
        connection.close()

    assert "enqueue failed" in caplog.text
    assert not OrmQ.objects.exists()
