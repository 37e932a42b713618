"""Packs a dataset for a repository such as Zenodo, and checks what was packed."""

from harvester.exports.release.packing import Released, release

__all__ = ["Released", "release"]
