"""Opens anything that holds mail or logs, as bytes with their place."""

from analyzer.sources.items import Lines, Message
from analyzer.sources.walk import walk

__all__ = ["Lines", "Message", "walk"]
