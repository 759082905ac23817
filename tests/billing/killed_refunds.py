"""Refunds whose process dies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from billing.services import refunds


class Killed(BaseException):
    pass


def die_before_the_gateway(refund: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Refund, and die before the gateway is asked."""

    def die(name: str) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(refunds, "gateway_named", die)
        with pytest.raises(Killed):
            refund()
