"""Recomputes chains and names the first entry that is not as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from config.chain.canonical import chain_hash
from config.chain.chains import Chain
from config.chain.models import ChainDigest, state_of
from config.chain.signatures import UnknownKey, is_signed

#: Digests read at a time.
_PAGE = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """The first broken entry of a chain, or the digest if its entries are as they were.

    Neither is named if the partner's books as a whole are wrong.
    """

    chain: str
    partner: str
    digest: int
    entry: str
    problem: str

    def __str__(self) -> str:
        name = f"entry {self.entry} " if self.entry else f"digest {self.digest} "
        place = name if self.entry or self.digest else ""
        return f"{self.chain} of partner {self.partner}: {place}{self.problem}"


class BrokenChain(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(str(fault))
        self.fault = fault


Visit = Callable[[ChainDigest], None]


def verify_chain(
    *, chain: Chain, partner_id: str, after: int = 0, visit: Visit | None = None
) -> ChainDigest | None:
    """Recompute the digests after number `after`; return the last digest of the partner.

    `visit` is called with each digest that is intact. Raises `BrokenChain`.
    """
    before = chain.digests(partner_id).last_before(after + 1)
    if (before.number if before else 0) != after:
        raise _broken(chain, partner_id, after, "", "is missing")
    for digest in _digests_after(chain, partner_id, after):
        _verify(chain, before, digest)
        if visit:
            visit(digest)
        before = digest
    if before and before.number > after and not _is_signed(chain, before):
        raise _find_unsigned(chain, partner_id)
    return before


def _digests_after(chain: Chain, partner_id: str, number: int) -> Iterator[ChainDigest]:
    """Read them in pages, each in a statement of its own, however long the chain is."""
    while page := list(chain.digests(partner_id).after(number)[:_PAGE]):
        yield from page
        number = page[-1].number


def _verify(chain: Chain, before: ChainDigest | None, digest: ChainDigest) -> None:
    number = before.number + 1 if before else 1
    if digest.number != number:
        raise _broken(chain, digest.partner_id, number, "", "is missing")
    since = before.until if before else None
    entries = chain.read(digest.partner_id, since=since, until=digest.until)
    if len(bytes(digest.hashes)) != 32 * len(digest.entry_ids):
        raise _broken(chain, digest.partner_id, number, "", "was changed")
    _compare(chain, before, digest, {entry_id: text for _, entry_id, text in entries})
    total = (before.total if before else 0) + len(entries)
    if digest.total != total or (before and digest.until <= before.until):
        raise _broken(chain, digest.partner_id, number, "", "was changed")


def _compare(
    chain: Chain, before: ChainDigest | None, digest: ChainDigest, found: dict[str, str]
) -> None:
    """Each hash is stored, so that an entry is checked even if the one before it is broken."""
    hashes, state = bytes(digest.hashes), state_of(before)
    for place, entry_id in enumerate(digest.entry_ids):
        # Its time may have been changed.
        text = found.pop(entry_id, None) or chain.find(digest.partner_id, entry_id)
        if text is None:
            raise _broken(chain, digest.partner_id, digest.number, entry_id, "was deleted")
        stored = hashes[32 * place : 32 * place + 32]
        if chain_hash(state, text) != stored:
            raise _broken(chain, digest.partner_id, digest.number, entry_id, "was changed")
        state = stored
    if found:
        raise _broken(chain, digest.partner_id, digest.number, min(found), "was inserted later")


def _is_signed(chain: Chain, digest: ChainDigest) -> bool:
    """Return False for a key that is not configured, too: it proves nothing."""
    text, signature = digest.signed_text(chain.name), bytes(digest.signature)
    try:
        return is_signed(text, digest.key_version, signature)
    except UnknownKey:
        return False


def _find_unsigned(chain: Chain, partner_id: str) -> BrokenChain:
    """The last signature covers all before it; if it is wrong, name the first digest whose is."""
    digest = next(
        each for each in _digests_after(chain, partner_id, 0) if not _is_signed(chain, each)
    )
    return _broken(chain, partner_id, digest.number, "", "is not signed with one of SIGNING_KEYS")


def _broken(chain: Chain, partner_id: str, digest: int, entry: str, problem: str) -> BrokenChain:
    return BrokenChain(Fault(chain.name, partner_id, digest, entry, problem))
