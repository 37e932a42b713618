"""WARC files: records from bytes, pages from records; damage is found and told record by record, and the rest is read.

Splitting is this package's own: warcio reads no zstd and stops where a file is damaged, FastWARC leaves out damaged
records in silence, and neither finds the next record behind the damage.

What is not noticed: a changed byte of a record that has neither a digest nor a packing with a checksum; records that
are missing whole. A record whose WARC-Date cannot be read is a good page of an unknown time. A page that cannot be
vouched for (its member ends in damage, its digests contradict each other) is damage, never a capture; where many
records share one packed member, those before the damage are captures, and the damage says where it began.
"""

from harvester.archives.warc.payloads import Payloads
from harvester.archives.warc.reading import read_record, read_warc

__all__ = ["Payloads", "read_record", "read_warc"]
