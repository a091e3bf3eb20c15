"""The way of a message as its header tells it: hops, times, authentication, findings."""

from analyzer.trace.tracer import trace

__all__ = ["trace"]
