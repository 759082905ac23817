"""Try the guard on many URLs in a network namespace, and count the connections that it makes.

Run as a program inside an empty network namespace: there, every address is routed to the canaries
of this process, so a forbidden connection is detected without any packet leaving. Where namespaces
are not permitted, only loopback has canaries, and Python rejects the rest.

Reads JSON from stdin: [[url, allow_loopback, addresses from the resolver or null], …]; writes
{"isolated": bool, "results": [[detail or null, connections], …]}.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from config.egress import EgressError, Resolver, download
from config.egress.deadline import Deadline
from config.egress.lookup import resolve_by_system
from tests.servers import Server, canary, loopback_only

PORTS = (22, 80, 443, 5432, 8080)
_ISOLATE = (
    "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo"
)


def main() -> None:
    isolated = sys.argv[1] == "isolated"
    if isolated:
        subprocess.run(["sh", "-c", _ISOLATE], check=True)
    with contextlib.ExitStack() as stack:
        if not isolated:
            stack.enter_context(loopback_only())
        canaries = _start_canaries(stack, isolated=isolated)
        results = [_try(canaries, *case) for case in json.load(sys.stdin)]
    json.dump({"isolated": isolated, "results": results}, sys.stdout)


def _start_canaries(stack: contextlib.ExitStack, *, isolated: bool) -> list[Server]:
    canaries = []
    hosts = ("0.0.0.0", "::") if isolated else ("127.0.0.1", "::1")
    for host, port in ((host, port) for host in hosts for port in PORTS):
        # A plain user may not listen below 1024, and another server may already do.
        with contextlib.nullcontext() if isolated else contextlib.suppress(OSError):
            canaries.append(stack.enter_context(canary(host=host, port=port)))
    return canaries


def _try(
    canaries: list[Server], url: str, allow_loopback: bool, responses: list[str] | None
) -> tuple[str | None, int]:
    before = sum(server.connections for server in canaries)
    detail = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            download(
                url,
                to=Path(folder, "file"),
                max_bytes=1000,
                deadline=Deadline.after(1),
                allow_loopback=allow_loopback,
                resolve=resolve_by_system if responses is None else _answering(responses),
            )
        except EgressError as error:
            detail = error.detail
    return detail, sum(server.connections for server in canaries) - before


def _answering(responses: list[str]) -> Resolver:
    return lambda host: responses


if __name__ == "__main__":
    main()
