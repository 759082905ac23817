"""The Image API's services: start an operation, generate its images, settle it."""

from imaging.services.generation import generate_and_settle
from imaging.services.operations import (
    InsufficientPoints,
    NotCharged,
    Operation,
    Quote,
    SpendLimitReached,
    StartResult,
    authorize_and_start,
    delay_test_operation,
    fail_test_operation,
    start_operation,
)
from imaging.services.provider_costs import CostAlreadySet, set_provider_cost
from imaging.services.settlements import Interrupted, Settlement
from imaging.services.sweeping import announce_slow_tests, refund_abandoned, refund_expired

__all__ = [
    "CostAlreadySet",
    "InsufficientPoints",
    "Interrupted",
    "NotCharged",
    "Operation",
    "Quote",
    "Settlement",
    "SpendLimitReached",
    "StartResult",
    "announce_slow_tests",
    "authorize_and_start",
    "delay_test_operation",
    "fail_test_operation",
    "generate_and_settle",
    "refund_abandoned",
    "refund_expired",
    "set_provider_cost",
    "start_operation",
]
