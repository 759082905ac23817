"""A GitHub on loopback: dispatches workflows, lists runs, lets them come to an end."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import Reply, Request, Server, serve

TOKEN = "fake-github-token"
REPOSITORY = "shopiq/storefronts"
WORKFLOW = "publish.yml"
REF = "main"
_ACTIONS = f"/repos/{REPOSITORY}/actions"


@dataclass
class FakeRun:
    """`statuses` are shown one after the other, the last one for good."""

    id: int
    inputs: dict[str, str]
    statuses: list[str]
    conclusion: str
    created_at: datetime
    appears_at: float

    def document(self) -> dict[str, Any]:
        status = self.statuses[0]
        if len(self.statuses) > 1:
            self.statuses.pop(0)
        return {
            "id": self.id,
            "name": "Publish",
            "display_title": f"Shop {self.inputs['identifier']} {self.inputs['correlation']}",
            "event": "workflow_dispatch",
            "status": status,
            "conclusion": self.conclusion if status == "completed" else None,
            "created_at": f"{self.created_at:%Y-%m-%dT%H:%M:%SZ}",
        }


@dataclass
class FakeGitHub:
    """How it behaves: `conclusions` of the runs to come (the last one for good), `delay` in
    seconds until a run is listed, `refusals` to give instead of the next answers, `loses` the
    answers to dispatches (after obeying them)."""

    conclusions: list[str] = field(default_factory=lambda: ["success"])
    statuses: tuple[str, ...] = ("queued", "in_progress", "completed")
    delay: float = 0.0
    slow: float = 0.0
    dispatch_replies: list[Reply] = field(default_factory=list)
    read_replies: list[Reply] = field(default_factory=list)
    loses: bool = False
    runs: list[FakeRun] = field(default_factory=list)
    url: str = ""
    server: Server | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def serving(self) -> Iterator[FakeGitHub]:
        with serve(self._answer) as self.server:
            self.url = self.server.url
            yield self

    @property
    def dispatched(self) -> list[str]:
        return [run.inputs["correlation"] for run in self.runs]

    def add_run(self, inputs: dict[str, str]) -> FakeRun:
        conclusion = self.conclusions[0]
        if len(self.conclusions) > 1:
            self.conclusions.pop(0)
        run = FakeRun(
            id=1000 + len(self.runs),
            inputs=inputs,
            statuses=list(self.statuses),
            conclusion=conclusion,
            created_at=datetime.now(UTC),
            appears_at=time.monotonic() + self.delay,
        )
        self.runs.append(run)
        return run

    def _answer(self, request: Request) -> Reply:
        time.sleep(self.slow)
        with self._lock:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return _json(401, {"message": "Bad credentials"})
            if request.headers.get("x-github-api-version") != "2022-11-28":
                return _json(400, {"message": "unknown version"})
            url = urlsplit(request.target)
            if request.method == "POST":
                return self._dispatch(url.path, json.loads(request.body))
            return self._read(url.path, parse_qs(url.query))

    def _dispatch(self, path: str, body: dict[str, Any]) -> Reply:
        if self.dispatch_replies:
            return self.dispatch_replies.pop(0)
        if path != f"{_ACTIONS}/workflows/{WORKFLOW}/dispatches":
            return _json(404, {"message": "Not Found"})
        if body["ref"] != REF or not all(isinstance(v, str) for v in body["inputs"].values()):
            return _json(422, {"message": "No ref found"})
        self.add_run(body["inputs"])
        return _json(502, {}) if self.loses else Reply(status=204)

    def _read(self, path: str, query: dict[str, list[str]]) -> Reply:
        if self.read_replies:
            return self.read_replies.pop(0)
        if path == f"{_ACTIONS}/runs":
            return self._list(query)
        number = path.removeprefix(f"{_ACTIONS}/runs/")
        found = [run for run in self.runs if str(run.id) == number]
        return _json(200, found[0].document()) if found else _json(404, {"message": "Not Found"})

    def _list(self, query: dict[str, list[str]]) -> Reply:
        assert query["event"] == ["workflow_dispatch"]
        since = datetime.fromisoformat(query["created"][0].removeprefix(">="))
        size, page = int(query["per_page"][0]), int(query["page"][0])
        now = time.monotonic()
        listed = [r for r in self.runs[::-1] if r.created_at >= since and r.appears_at <= now]
        shown = listed[(page - 1) * size : page * size]
        documents = [run.document() for run in shown]
        return _json(200, {"total_count": len(listed), "workflow_runs": documents})


def _json(status: int, document: object) -> Reply:
    return Reply(status, json.dumps(document).encode(), {"Content-Type": "application/json"})
