"""Where attempts, traces, problems and the ledger of what was ingested are kept: DuckDB."""

from analyzer.store.store import Ingested, Store, StoreError
from analyzer.store.text import trace_json

__all__ = ["Ingested", "Store", "StoreError", "trace_json"]
