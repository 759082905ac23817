"""Forms for staff in the admin and for partners on the dashboard."""

from __future__ import annotations

from billing.forms.fields import PointsField, RupeesField
from billing.forms.staff import (
    NewPackageForm,
    PackageForm,
    PackagePriceForm,
    PriceForm,
)

__all__ = [
    "NewPackageForm",
    "PackageForm",
    "PackagePriceForm",
    "PointsField",
    "PriceForm",
    "RupeesField",
]
