"""Packs a dataset for a repository such as Zenodo, and checks what was packed."""

from harvester.exports.release.checking import is_release, verify_release
from harvester.exports.release.packing import Released, release

__all__ = ["Released", "is_release", "release", "verify_release"]
