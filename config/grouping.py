"""Digits of large numbers in the groups that India uses. Pure functions."""

from __future__ import annotations


def group_digits(number: int) -> str:
    """Group as lakhs and crores: 1234567 → "12,34,567"."""
    head, tail = divmod(number, 1000)
    if not head:
        return str(tail)
    pairs: list[str] = []
    while head >= 100:
        head, pair = divmod(head, 100)
        pairs.insert(0, f"{pair:02d}")
    return ",".join([str(head), *pairs, f"{tail:03d}"])
