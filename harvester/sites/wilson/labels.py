"""What the labels of a document's page mean: one table for all spellings, in both layouts."""

# Compared as harvester.pages.labelled.normal_label writes them.
FIELDS: dict[str, str] = {
    label: field
    for field, labels in {
        "authors": "author(s)|author|authors|creator|creators|creator(s)",
        "people": "associated people & organizations|associated people and organizations|associated people"
        "|people & organizations|people and organizations|associated organizations",
        "places": "associated places|associated place|places|geographic subjects",
        "topics": "associated topics|associated topic|topics",
        "subjects": "subjects discussed|subject discussed|subjects|subject",
        "source": "source|sources",
        "original_archive": "original archive|original archives",
        "rights": "rights|copyright|rights & usage|rights and usage",
        "type": "type|document type|record type",
        "languages": "language|languages|language(s)|original language|original languages",
        "classification": "original classification|classification",
        "donors": "donors|donor|donor(s)",
        "uploaded": "original uploaded date|original upload date|uploaded|upload date|date uploaded",
        "record_id": "record id|record number|record identifier",
        "summary": "summary|description|abstract",
        "date": "date|document date|date of document",
    }.items()
    for label in labels.split("|")
}
LISTS = frozenset({"languages", "donors"})
TERMS = frozenset({"authors", "people", "places", "topics", "subjects"})
# Headings over what has labels, or is known, of its own.
GROUPS = frozenset(
    "document information|information|document details|details|about this document|more information|metadata|document"
    "|documents|full text|original scan|citation|cite|cite this|cite this document|how to cite|share|download|print"
    "|share this document|document summary information".split("|")
)
# Labels of parts that are of other documents, or of the page.
PASSED_OVER = frozenset(
    "related documents|related document|related content|related collections|you may also like|see also|more like this"
    "|recommended documents|featured documents|explore more".split("|")
)
