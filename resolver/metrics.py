"""Prometheus metrics of a Resolver, beside those of every server."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

discovered = Counter("archypix_resolver_webfinger_total", "Questions of WebFinger, by how they were answered.", ["by"])
passed = Counter("archypix_resolver_passed_total", "Requests passed on to backends, by result.", ["result"])
refused = Counter("archypix_resolver_refused_total", "Messages in the name of backends that were refused.", ["why"])
registered = Counter("archypix_resolver_registrations_total", "Tries to make an account, by how they ended.", ["end"])
backends = Gauge("archypix_resolver_backends", "Backends by what they are.", ["state"])
kept_bytes = Gauge("archypix_resolver_cache_bytes", "Bytes of answers of backends kept in memory.")
