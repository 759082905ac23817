"""Settings, all from the environment; `.env.example` lists and explains every variable.

`ENVIRONMENT=development` (the default) is the embedded installation of `bin/run`: its own
PostgreSQL, secrets generated into its data folder, local adapters for every outside service.
`ENVIRONMENT=production` generates nothing and is checked by `config.checks`.
"""

from __future__ import annotations

from config.settings.api import *
from config.settings.environment import *
from config.settings.framework import *
from config.settings.images import *
from config.settings.payments import *
from config.settings.people import *
from config.settings.shops import *
