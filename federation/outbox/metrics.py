"""Prometheus metrics of deliveries."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

ended = Counter("archypix_deliveries_total", "Deliveries that ended, by result.", ["result"])
failed = Counter("archypix_delivery_failures_total", "Attempts to deliver that failed for now.")
seconds = Histogram(
    "archypix_delivery_seconds",
    "Time of one attempt to deliver.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
waiting = Gauge("archypix_deliveries_waiting", "Deliveries that wait, as of the last look.")
oldest = Gauge("archypix_deliveries_oldest_seconds", "Age of the oldest delivery that waits for an open host.")
unreachable = Gauge("archypix_delivery_hosts_unreachable", "Hosts that have not been reached for a week.")
