"""stub"""

from harvester.dates.reading import DateReading


def read_edtf(text: str) -> DateReading: ...
