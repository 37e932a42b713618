"""A published dataset of records whose values bite: what breaks spreadsheets, databases and markup."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from holding import HOST, HandRun, begin, document, entry

from harvester.items import Entry, Term, Text

LONG = "".join(f"word{number} " for number in range(1_000_000))[: 10 * 1024 * 1024].strip()
BITES = (
    "A plain letter",
    "He said \"no\", then 'yes'; `maybe`",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1+1)",
    "'=quoted already",
    "'An ordinary quotation'",
    "＝1+1 in full width",
    "a;=1+1;b\tc",
    "Emoji 🕊️ and 👩‍👩‍👧, flag 🇵🇱",
    "\u05de\u05db\u05ea\u05d1 \u05de\u05d0\u05ea \u0627\u0644\u0633\u0641\u064a\u0631 (right to left)",
    "An override \u202eevil\u202c, joiner \u200d, mark \ufeff",
    "100% & <b>bold</b> {braces} $x^2$ #1 _under_ ~tilde \\backslash",
    "Robert'); DROP TABLE records;--",
    "_x0041_ as Excel escapes it",
    "TRUE",
    "00123",
    "1E5",
    "NULL",
    "\\N",
    "ER  - in a title",
    "Łódź, Ångström, Kürşat, 文書館, Москва",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 beyond the basic plane",
)
# Control characters get into no record from a page; a dataset that somebody else made may hold them.
CONTROLS = ("A NUL \x00 within", "A bell \x07, an escape \x1b[31m, a unit \x1f")
MORE = (
    "An unbalanced { brace",
    "and one } more",
    "]]> ends a section of XML; &amp; and &#0; stand as they are",
    "A line\u2028 and a paragraph\u2029 of Unicode, a next line \x85, a page\x0c",
    "Noncharacters \ufffe and \uffff",
    "A tab\tand a return\rwithin",
    "\tA tab before",
    "%s {0} $1 \\1 {{x}} {% y %} as programs fill in",
    "-- a comment /* another */ $$ body $$ E'\\'",
    "../../etc/passwd",
    "e\u0301 in two characters, é in one",
    "word" * 10_000,  # no cell of Excel holds it, no index of PostgreSQL
)
LONG_URL = f"{HOST}/document/{'-'.join(sha256(bytes([number])).hexdigest() for number in range(60))}"
DATES = (
    "July 22, 1958", "circa 1885", "1789", "before 1900", "since 1962", "1950s", "Winter 1956", "October 30-31, 1956",
    "February 29, 1900", "January 1, 1900", "March 1, 1900", "19th century", "1949 or 1950", "undated", "sometime",
    "September 1949 - October 1962", "December 31, 1899", "November 1967",
)  # fmt: skip


def bites() -> list[Entry]:
    """Return the entries: each bite as a title and as a summary, with dates of every precision."""
    told = []
    for number, text in enumerate((*BITES, *CONTROLS), 1):
        date_text = DATES[number % len(DATES)]
        told.append(entry(number, title=text, date_text=date_text, summary=f"{text}\n\nAnd a second paragraph."))
    told.append(entry(900, title="A summary of ten megabytes", summary=LONG))
    told.append(entry(901, title="Neither date nor summary", date_text=None, summary=None))
    told.append(entry(902, title="No link", date_text="May 1, 1955", summary="=1", url=None))
    return told


def more_bites() -> list[Entry]:
    """Return entries of what bites beyond that: Unicode's own ends of lines, what no index and no cell can hold."""
    told = [entry(903 + place, title=text, summary=f"{text}\n\nSecond.") for place, text in enumerate(MORE)]
    return [*told, entry(950, title="An address of 4,000 characters", url=LONG_URL, date_text="AD 800")]


def publish_more_bites(folder: Path) -> list[dict[str, Any]]:
    """Publish a dataset of what bites beyond `publish_bites`, without documents; return its records."""
    from conftest import read_lines

    run: HandRun = begin(folder)
    run.list_them(*more_bites())
    run.end()
    return read_lines(folder / "records.jsonl")


def publish_bites(folder: Path, *, documents: bool = True, long: bool = True) -> list[dict[str, Any]]:
    """Publish a dataset of all that bites; return its records."""
    from conftest import read_lines

    run: HandRun = begin(folder, "documents" if documents else None)
    run.list_them(*(one for one in bites() if long or one.summary != LONG))
    for number in (1, 2, 3, 14) if documents else ():
        text = BITES[number - 1]
        run.add(
            document(
                number, title=text, people=(Term(text, None), Term("Mao Zedong")), authors=(Term(f"Writer, {text}"),),
                places=(Term("China"), Term("Soviet Union")), source=f"AVPRF, f. 0100, op. 51, {text}",
                original_archive="Foreign Ministry Archive", rights="Free to be used, with attribution.",
                type="Letter", languages=("Russian", "Chinese"), citation=f"“{text},” July 22, 1958",
                texts=(Text("translation", "English", (text, "Second,\nbroken.")),),
            )
        )  # fmt: skip
    run.end()
    return read_lines(folder / "records.jsonl")
