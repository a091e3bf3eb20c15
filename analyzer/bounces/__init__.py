"""Reports about mail: bounces in every form, delays, complaints, auto-replies."""

from analyzer.bounces.reading import Reading, original_of, read
from analyzer.bounces.refusal import Refusal

__all__ = ["Reading", "Refusal", "original_of", "read"]
