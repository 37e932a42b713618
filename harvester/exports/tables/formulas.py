"""What a spreadsheet takes for a formula, or may: text that begins so."""

# As https://owasp.org/www-community/attacks/CSV_Injection lists them.
BEGINNINGS = "=+-@\t\r\n＝＋－＠"


def is_like_formula(text: str) -> bool:
    """Return whether a spreadsheet may take a text for a formula.

    >>> is_like_formula("=1+1"), is_like_formula("1+1=2"), is_like_formula("")
    (True, False, False)
    """
    return text.startswith(tuple(BEGINNINGS))
