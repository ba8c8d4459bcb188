"""What the field page makes of a word: a word with its values and a language in, the text out."""

from __future__ import annotations

import re

from appliance.config.duties import Language
from appliance.display.field.words import Word, words_in

HOLE = re.compile(r"\{(\w+)\}")


def written(word: Word, language: Language = "en") -> str:
    """The text with every hole filled. Raises KeyError for a word that the table lacks, or a value that is missing."""
    return HOLE.sub(lambda found: str(word[found[1]]), words_in(language)[word["word"]])
