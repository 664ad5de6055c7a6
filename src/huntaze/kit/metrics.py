"""Figures for operators, in Prometheus' format. Each room declares its own on the `Metrics` that it is handed."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """A registry of its own, so that two applications in one process (tests) do not count together.

    Names get the `namespace` in front; a name declared twice raises ValueError. Label values must come from a small
    fixed set: never an id.
    """

    def __init__(self, namespace: str = "huntaze") -> None:
        self._registry = CollectorRegistry()
        self._namespace = namespace

    def counter(self, name: str, words: str, labels: Sequence[str] = ()) -> Counter:
        """A count that only grows; the exposition adds `_total` if the name lacks it."""
        return Counter(name, words, labels, namespace=self._namespace, registry=self._registry)

    def gauge(self, name: str, words: str, labels: Sequence[str] = ()) -> Gauge:
        """A figure that goes up and down."""
        return Gauge(name, words, labels, namespace=self._namespace, registry=self._registry)

    def histogram(
        self, name: str, words: str, labels: Sequence[str] = (), buckets: Sequence[float] = SECONDS
    ) -> Histogram:
        """A distribution, of seconds unless `buckets` are given."""
        return Histogram(
            name, words, labels, namespace=self._namespace, registry=self._registry, buckets=tuple(buckets)
        )

    def render(self) -> tuple[bytes, str]:
        """Body and content type of `/metrics`."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
