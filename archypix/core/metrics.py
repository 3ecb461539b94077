"""Prometheus metrics of this process."""

from __future__ import annotations

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

requests = Counter("archypix_http_requests_total", "HTTP requests answered.", ["method", "route", "status"])
request_seconds = Histogram(
    "archypix_http_request_seconds",
    "Time from a request's arrival to the end of its answer.",
    ["method", "route"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
received_bytes = Counter("archypix_received_bytes_total", "Bytes of originals received.")
served_bytes = Counter("archypix_served_bytes_total", "Bytes of files served from local storage.")
pictures_ingested = Counter("archypix_pictures_ingested_total", "Pictures taken in.", ["source"])
jobs_finished = Counter("archypix_jobs_finished_total", "Jobs that ended, by result.", ["result"])
jobs_waiting = Gauge("archypix_jobs_waiting", "Jobs due or leased, as of the last sweep.")
pipeline_seconds = Histogram(
    "archypix_pipeline_seconds",
    "Time of one step of a pipeline.",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
pipeline_changed = Counter("archypix_pipeline_changed_total", "Pictures to which services gave or took tags.")
streams_open = Gauge("archypix_event_streams", "Event streams open.")


def exposition() -> bytes:
    """All metrics in the Prometheus text format."""
    return generate_latest(REGISTRY)
