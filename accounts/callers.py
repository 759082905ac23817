"""Recent callers of a key, by network."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network

from accounts.networks import SITE_PREFIXES, Network
from accounts.services.whitelists import RecentCaller


@dataclass(frozen=True, slots=True)
class CallerNetwork:
    """A network with the callers in it, the latest first."""

    network: Network
    callers: list[RecentCaller]

    @property
    def name(self) -> str:
        """The address of a single caller, else the network."""
        return self.callers[0].address if len(self.callers) == 1 else str(self.network)

    @property
    def calls(self) -> int:
        return sum(caller.calls for caller in self.callers)

    @property
    def last_at(self) -> datetime:
        return self.callers[0].last_at


def group_callers(callers: Iterable[RecentCaller]) -> list[CallerNetwork]:
    """Group callers, the latest first, by /24 of IPv4 and /64 of IPv6; the latest group first."""
    groups: dict[Network, list[RecentCaller]] = {}
    for caller in callers:
        single = ip_network(caller.address)
        network = single.supernet(new_prefix=SITE_PREFIXES[single.version])
        groups.setdefault(network, []).append(caller)
    return [CallerNetwork(network, members) for network, members in groups.items()]


def lines_to_allow(callers: Sequence[RecentCaller], room: int) -> list[str]:
    """Return entries for all callers: their addresses if there is room, else their networks.

    Without room for either, there are none.
    """
    addresses = [caller.address for caller in callers]
    networks = [group.name for group in group_callers(callers)]
    return next((lines for lines in (addresses, networks) if len(lines) <= room), [])
