"""Dates as archives print them and as EDTF writes them: two doors, one answer, never more precise than the print."""

from harvester.dates.edtf import read_edtf
from harvester.dates.english import ENGLISH
from harvester.dates.printed import looks_like_date, read_printed
from harvester.dates.reading import DateReading
from harvester.dates.style import DateStyle

__all__ = ["ENGLISH", "DateReading", "DateStyle", "looks_like_date", "read_edtf", "read_printed"]
