"""Where attempts, traces, problems and the ledger of what was ingested are kept: DuckDB."""

from analyzer.store.store import Ingested, Store, StoreError

__all__ = ["Ingested", "Store", "StoreError"]
