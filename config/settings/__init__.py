"""Settings, all from the environment; `.env.example` lists and explains every variable.

`ENVIRONMENT=development` (the default) is the embedded installation of `bin/run`: its own
PostgreSQL, secrets generated into its data folder, local adapters for every outside service.
`ENVIRONMENT=production` generates nothing and is checked by `config.checks`.
"""

from __future__ import annotations

import django_stubs_ext

from config.settings.api import *
from config.settings.auth import *
from config.settings.billing import *
from config.settings.database import *
from config.settings.deployments import *
from config.settings.django import *
from config.settings.egress import *
from config.settings.env import *
from config.settings.imaging import *
from config.settings.integrations import *
from config.settings.jobs import *
from config.settings.mail import *
from config.settings.monitoring import *
from config.settings.security import *
from config.settings.signing import *
from config.settings.storage import *

# Django's own classes, such as ModelAdmin, accept type arguments only after this.
django_stubs_ext.monkeypatch()
