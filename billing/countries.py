"""Countries of ISO 3166. Pure functions."""

from __future__ import annotations

from iso3166 import countries

from billing.gst import INDIA

#: Names by code, India first, the others by name.
COUNTRIES: dict[str, str] = {
    country.alpha2: country.apolitical_name
    for country in sorted(
        countries, key=lambda country: (country.alpha2 != INDIA, country.apolitical_name)
    )
}
