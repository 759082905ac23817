"""The Image API's services: start an operation, generate its images, settle it."""

from imaging.services.generation import generate_and_settle
from imaging.services.operations import (
    InsufficientPoints,
    Interrupted,
    NotCharged,
    Operation,
    Quote,
    Settlement,
    SpendLimitReached,
    StartResult,
    authorize_and_start,
    fail_test_operation,
    start_operation,
)
from imaging.services.provider_costs import CostAlreadySet, set_provider_cost
from imaging.services.sweeping import refund_abandoned, refund_expired

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
    "authorize_and_start",
    "fail_test_operation",
    "generate_and_settle",
    "refund_abandoned",
    "refund_expired",
    "set_provider_cost",
    "start_operation",
]
