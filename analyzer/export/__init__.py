"""Writes attempts and traces for people and programs: table, JSON Lines, CSV, Parquet, text, Markdown.

Import the modules themselves: those that write tables load pyarrow, the others load nothing.
"""
