"""Joins the siblings: inputs to attempts with verdicts, messages to traces, both to reports."""
