"""403 for callers whom the gate knows but may not let pass."""

from __future__ import annotations

from typing import Any

from rest_framework.permissions import BasePermission

from accounts.services.authorization import Admission


class MayCallEndpoint(BasePermission):
    """The key's whitelist and its permissions."""

    def has_permission(self, request: Any, view: Any) -> bool:
        admission: Admission = request.auth
        if admission.stage in ("network", "permission") and (refusal := admission.refusal()):
            raise refusal
        return True
