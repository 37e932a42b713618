"""Names a text by its pane and tab: what kind it is, and in which language."""

import re
from collections.abc import Sequence

# Words by which panes and tabs say what a text is.
_KINDS = "translation transcription transcript original text scan document pdf summary".split()
# Languages that a tab may name beside its kind; an id needs no list, as what follows its kind is the language.
_LANGUAGES = frozenset(
    "afrikaans albanian amharic arabic armenian azerbaijani belarusian bengali bosnian bulgarian burmese catalan"
    " chinese croatian czech danish dari dutch english estonian farsi finnish french georgian german greek hebrew hindi"
    " hungarian icelandic indonesian italian japanese kazakh khmer korean kurdish kyrgyz lao latvian lithuanian"
    " macedonian malay moldovan mongolian nepali norwegian pashto persian polish portuguese punjabi romanian russian"
    " serbian serbo-croatian slovak slovenian somali spanish swahili swedish tajik tamil tatar thai tibetan turkish"
    " turkmen ukrainian urdu uyghur uzbek vietnamese yiddish".split()
)
_NO_LANGUAGE = frozenset("language version copy file page pages tab pane content document text".split())
_NUMBERED = re.compile(r"(?:(?:tab|pane|panel|content|item|nav|document|[a-z](?=\d))[-_]*)*\d*(?:[-_]\d+)*", re.I)


def name_pane(panes: Sequence[tuple[str, str]]) -> tuple[str, str | None]:
    """Return kind and language of a pane, given id and tab's words of it and of those round it, innermost first.

    >>> name_pane([("translation-English", "English"), ("translation", "Translation")])
    ('translation', 'English')
    >>> name_pane([("tab-2", "Russian Transcript")]), name_pane([("tab-1", "")])
    (('transcript', 'Russian'), ('text', None))
    """
    kind = language = None
    for name, words in panes:
        told_kind, told_language = _by_id(name, words)
        said_kind, said_language = _by_words(words)
        kind = kind or told_kind or said_kind
        language = language or told_language or said_language
    if kind is None:
        # What a tab says and nobody understands is told as it stands, before an id that nobody reads.
        said = (words.lower() for _, words in panes if words and _by_words(words)[1] is None)
        own = (name for name in map(_own, (name for name, _ in panes)) if name)
        kind = next((word for word in (*said, *own) if word), "text")
    return kind, language


def _by_id(name: str, words: str) -> tuple[str | None, str | None]:
    """Return what an id says: a kind, and behind it a language, which the tab may spell better."""
    for kind in _KINDS:
        found = re.fullmatch(rf"{kind}s?(?:[-_]+(.+))?", name, re.I)
        if found and not (found[1] and found[1].lower() in _KINDS):
            rest = re.sub(r"[-_]+\d+$|^\d+$", "", found[1] or "")
            rest = "" if rest.lower() in _NO_LANGUAGE else rest
            spelt = words if _letters(words) == _letters(rest) else _spaced(rest)
            return kind, spelt or None
    return None, None


def _by_words(words: str) -> tuple[str | None, str | None]:
    """Return what a tab's words say: a kind, a language; None for what they don't."""
    found: list[str] = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)?", words)
    kind = next((kind for kind in _KINDS for word in found if word.lower() == kind), None)
    languages = [word for word in found if word.lower() in _LANGUAGES]
    if len(languages) == 1:
        rest = re.fullmatch(rf"{languages[0]}\s*\([^()]+\)", words)
        return kind, words if rest and kind is None else languages[0]
    return kind, None


def _own(name: str) -> str | None:
    """Return an id as a kind; None for one that only counts ("tab-1")."""
    return None if _NUMBERED.fullmatch(name) else name


def _spaced(rest: str) -> str:
    """Return a language that an id names, in words; some are written with a hyphen."""
    return rest if rest.lower() in _LANGUAGES else re.sub(r"[-_]+", " ", rest).strip()


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
