"""Writes a document's reference for citation programs: the RIS format."""

from harvester.sample.frame import NAME
from harvester.sample.paper import Paper


def render_ris(paper: Paper, base: str) -> str:
    """Return the reference of a document, a tag a line."""
    tags = [("TY", "UNPB"), ("ID", str(paper.number)), ("TI", paper.line)]
    tags += [("AU", pill.name) for pill in paper.authors]
    tags += [("DA", paper.date)] if paper.date else []
    tags += [("AB", " ".join(paper.summary).replace("\n", " "))] if paper.summary else []
    tags += [("PB", NAME), ("UR", base + paper.old_path), ("ER", "")]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in tags)
