"""Reports about mail: bounces in every form, delays, complaints, auto-replies."""

from analyzer.bounces.reading import Reading, read
from analyzer.bounces.refusal import Refusal

__all__ = ["Reading", "Refusal", "read"]
