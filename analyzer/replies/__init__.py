"""One SMTP reply taken apart: codes, lines, quoted inner replies, wrappers, help links."""

from analyzer.replies.parts import Part, Reply, parse
from analyzer.replies.wrappers import Unwrapped, unwrap

__all__ = ["Part", "Reply", "Unwrapped", "parse", "unwrap"]
