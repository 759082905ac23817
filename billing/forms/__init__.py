"""Forms of billing: those of staff in the administration, those of partners on their pages."""

from __future__ import annotations

from billing.forms.fields import PointsField
from billing.forms.staff import GrantForm, PackageForm, PriceForm

__all__ = ["GrantForm", "PackageForm", "PointsField", "PriceForm"]
