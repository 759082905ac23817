"""What the Image API does: start an operation, make its images, end it."""

from imaging.services.making import make_and_finish
from imaging.services.operations import (
    Begun,
    Finished,
    InsufficientPoints,
    Interrupted,
    Operation,
    begin_operation,
    start_operation,
)
from imaging.services.sweeping import refund_abandoned, refund_expired

__all__ = [
    "Begun",
    "Finished",
    "InsufficientPoints",
    "Interrupted",
    "Operation",
    "begin_operation",
    "make_and_finish",
    "refund_abandoned",
    "refund_expired",
    "start_operation",
]
