"""States of chains in the log, which someone who rewrites the database cannot reach."""

from __future__ import annotations

import json
from collections.abc import Iterable

import structlog

from config.chain.chains import Chain, find_chain
from config.chain.models import ChainDigest
from config.chain.verification import Fault

log = structlog.get_logger(__name__)

_EVENT = "chain anchor"


def log_anchor(chain: Chain, digest: ChainDigest) -> None:
    log.info(
        _EVENT,
        chain=chain.name,
        partner=digest.partner_id,
        digest=digest.number,
        hash=digest.last_hash.hex(),
    )


def check_anchors(lines: Iterable[str]) -> list[Fault]:
    """Compare the chains with the anchors among the lines of a JSON log."""
    faults = []
    for line in lines:
        if _EVENT in line and (fault := _compare(json.loads(line))):
            faults.append(fault)
    return faults


def _compare(anchor: dict[str, str]) -> Fault | None:
    chain = find_chain(anchor["chain"])
    digest = chain.digests(anchor["partner"]).filter(number=anchor["digest"]).first()
    if digest and digest.last_hash.hex() == anchor["hash"]:
        return None
    problem = "is not as logged" if digest else "is missing"
    return Fault(chain.name, anchor["partner"], int(anchor["digest"]), "", problem)
