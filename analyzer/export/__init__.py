"""Writes attempts and traces for people and programs: table, JSON Lines, CSV, Parquet, text, Markdown."""

from analyzer.export.attempts import FORMATS, Writer, open_writer
from analyzer.export.summary import Summary

__all__ = ["FORMATS", "Summary", "Writer", "open_writer"]
