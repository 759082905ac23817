"""Forms for staff in the admin and for partners on the dashboard."""

from __future__ import annotations

from billing.forms.fields import PointsField
from billing.forms.staff import GrantForm, PackageForm, PriceForm

__all__ = ["GrantForm", "PackageForm", "PointsField", "PriceForm"]
