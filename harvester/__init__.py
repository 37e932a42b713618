"""Turns an archive's paginated results listing into a dated, deduplicated, provably complete dataset."""

__version__ = "0.1.0"
