"""WARC files: records from bytes, pages from records; damage is found and told record by record, and the rest is read.

Splitting is this package's own: warcio reads no zstd and stops where a file is damaged, FastWARC leaves out damaged
records in silence, and neither finds the next record behind the damage.
"""

from harvester.archives.warc.payloads import Payloads
from harvester.archives.warc.reading import read_record, read_records, read_warc

__all__ = ["Payloads", "read_record", "read_records", "read_warc"]
