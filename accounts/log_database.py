"""What is in the database of the request log, if it has one of its own."""

from __future__ import annotations

from accounts.models import DailyCalls, RequestLog
from config.db.functions import register_partition_functions
from config.db.logs import register_log_models

register_log_models(RequestLog, DailyCalls)
# The request log is partitioned; tables of the default database use the same functions.
register_partition_functions(
    "accounts_add_partitions",
    "accounts_add_range",
    "accounts_analyze_whole",
    "accounts_complete_partition",
    "accounts_drop_partitions",
    "accounts_partition_name",
)
