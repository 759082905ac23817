"""A client for starting GitHub workflows and finding their runs.

https://docs.github.com/en/rest/actions/workflows (create a workflow dispatch event) and
https://docs.github.com/en/rest/actions/workflow-runs (list runs, get a run), version 2022-11-28.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from config import egress
from config.egress import EgressError, Response
from config.egress.deadline import Deadline

_MAX_ANSWER_BYTES = 8 * 1024 * 1024
#: A run is described in about 20 KB.
_RUNS_PER_PAGE = 50
#: GitHub lists at most 1,000 runs for one search.
_MAX_PAGES = 20
#: Attempts to read while the API fails.
_TRIES = 5
#: The wait that GitHub recommends for a rate limit without a time.
_DEFAULT_WAIT_SECONDS = 60.0
_REPOSITORY = re.compile(r"[\w-]+/(?!\.{1,2}\Z)[\w.-]+", re.ASCII)

Read = TypeVar("Read")


class GitHubError(Exception):
    """GitHub refused or failed; log only, since the message may name the repository."""


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run; `title` comes from the workflow's `run-name`."""

    id: int
    title: str
    status: str
    conclusion: str

    @property
    def is_over(self) -> bool:
        return self.status == "completed"

    @property
    def succeeded(self) -> bool:
        return self.is_over and self.conclusion == "success"


class WorkflowApi:
    """One workflow of one repository (`owner/name`); `workflow` is its file name or its id.

    `token` needs the permission "Actions: write" on the repository. `poll_seconds` is the pause
    between two polls. All methods raise `GitHubError` and
    `DeadlineExceeded`.
    """

    def __init__(
        self, *, api_url: str, repository: str, workflow: str, token: str, poll_seconds: float
    ) -> None:
        if not _REPOSITORY.fullmatch(repository):
            raise ValueError("the repository has to be given as owner/name")
        self._actions = f"{api_url.rstrip('/')}/repos/{repository}/actions"
        self._workflow = quote(workflow, safe="")
        self._poll_seconds = poll_seconds
        self._headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }

    def dispatch(self, ref: str, inputs: Mapping[str, str], *, deadline: Deadline) -> bool:
        """Start a run; return False if it is unknown whether it started."""
        url = f"{self._actions}/workflows/{self._workflow}/dispatches"
        body = json.dumps({"ref": ref, "inputs": inputs}).encode()
        try:
            response = self._send("POST", url, deadline=deadline, body=body)
        except EgressError:
            return False
        if response.status >= 500:
            return False
        if response.status not in (200, 204):
            raise GitHubError(f"the dispatch returned {response.status}")
        return True

    def runs_since(self, since: datetime, *, deadline: Deadline) -> Iterator[Run]:
        """Yield dispatched runs, newest first; pages are fetched lazily."""
        for page in range(1, _MAX_PAGES + 1):
            fields = {
                "event": "workflow_dispatch",
                "created": f">={since:%Y-%m-%dT%H:%M:%SZ}",
                "per_page": _RUNS_PER_PAGE,
                "page": page,
            }
            found = self._get(f"{self._actions}/runs?{urlencode(fields)}", _read_runs, deadline)
            yield from found
            if len(found) < _RUNS_PER_PAGE:
                return

    def run(self, run_id: int, *, deadline: Deadline) -> Run:
        return self._get(f"{self._actions}/runs/{run_id}", _read_run, deadline)

    def pause(self, deadline: Deadline) -> None:
        """Wait between two polls."""
        time.sleep(min(self._poll_seconds, deadline.remaining()))

    def _get(self, url: str, read: Callable[[Any], Read], deadline: Deadline) -> Read:
        """Read, retrying while GitHub fails or is unreachable."""
        for _ in range(_TRIES):
            try:
                response = self._send("GET", url, deadline=deadline)
            except EgressError as error:
                failure = f"the API was not reached: {error.detail}"
            else:
                if response.status == 200:
                    return _parse(response, read)
                failure = f"the API returned {response.status}"
                if response.status < 500:
                    break
            self.pause(deadline)
        raise GitHubError(failure)

    def _send(
        self, method: str, url: str, *, deadline: Deadline, body: bytes | None = None
    ) -> Response:
        """Send a request, repeating it after rate limits."""
        while True:
            response = egress.send_request(
                method,
                url,
                deadline=deadline,
                headers=self._headers,
                body=body,
                max_response_bytes=_MAX_ANSWER_BYTES,
            )
            wait = _rate_limit_wait(response)
            if wait is None:
                return response
            if wait >= deadline.remaining():
                raise GitHubError(f"the rate limit is used up for {wait:.0f} s")
            time.sleep(max(wait, min(self._poll_seconds, deadline.remaining())))


def _rate_limit_wait(response: Response) -> float | None:
    """Return the seconds to wait for a rate limit (403 or 429), or None for other responses.

    https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
    """
    if response.status not in (403, 429):
        return None
    after = response.headers.get("Retry-After", "")
    if after.isdecimal():
        return float(after)
    if response.headers.get("X-RateLimit-Remaining") == "0":
        reset = response.headers.get("X-RateLimit-Reset", "")
        return max(0.0, float(reset) - time.time()) if reset.isdecimal() else _DEFAULT_WAIT_SECONDS
    return _DEFAULT_WAIT_SECONDS if response.status == 429 else None


def _parse(response: Response, read: Callable[[Any], Read]) -> Read:
    try:
        return read(json.loads(response.body))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise GitHubError("the API's response could not be parsed") from error


def _read_runs(document: Any) -> list[Run]:
    return [_read_run(run) for run in document["workflow_runs"]]


def _read_run(document: Any) -> Run:
    return Run(
        id=int(document["id"]),
        title=str(document["display_title"]),
        status=str(document["status"]),
        conclusion=str(document["conclusion"] or ""),
    )
