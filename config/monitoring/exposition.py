"""Metrics in Prometheus' text format: of all processes of this web server, and of the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

import structlog
from django.db import Error, connection
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from config.metrics import Sample, collectors

log = structlog.get_logger(__name__)


def render_metrics() -> bytes:
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(_DatabaseCollector())
    return generate_latest(registry)


class _DatabaseCollector:
    """Without the database, what it knows is left out: the rest matters most then."""

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        is_up = True
        for collect in collectors():
            try:
                for sample in collect():
                    _add(families, sample)
            except Error as error:
                log.warning("metrics without database", error=str(error).strip())
                connection.close()
                is_up = False
                break
        yield GaugeMetricFamily(
            "shopiq_database_up", "Whether the database answered.", value=float(is_up)
        )
        yield from families.values()

    def describe(self) -> list[Metric]:
        return []


def _add(families: dict[str, GaugeMetricFamily], sample: Sample) -> None:
    if sample.value is None:
        return
    if sample.name not in families:
        families[sample.name] = GaugeMetricFamily(
            f"shopiq_{sample.name}", sample.help, labels=list(sample.labels)
        )
    families[sample.name].add_metric(list(sample.labels.values()), sample.value)
