"""A closed form: a JSON Schema of the contract goes in, a check that nothing fits but what it describes comes out.

Of JSON Schema only the words that the contract uses, each of which is known here; one that is not makes no form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Form: TypeAlias = Callable[[object], bool]
"True for what fits."
Schema: TypeAlias = Mapping[str, Any]
WORDLESS = ("$schema", "$id", "title", "description", "examples")
"Say nothing of what fits."


def form_from(schema: Schema) -> Form:
    """The check. Raises ValueError for a schema with a word that is not known, or with objects that are open."""
    words = {word: value for word, value in schema.items() if word not in WORDLESS}
    if "anyOf" in words:
        forms = [form_from(one) for one in words.pop("anyOf")]
        made: Form = lambda value: any(form(value) for form in forms)  # noqa: E731
    elif "const" in words:
        made = _one_of([words.pop("const")])
    elif "enum" in words:
        made = _one_of(words.pop("enum"))
    else:
        made = KINDS[words.pop("type", "")](words)
    if words:
        raise ValueError(f"no form for {', '.join(sorted(words))}")
    return made


def _one_of(values: list[object]) -> Form:
    return lambda value: any(value == one and type(value) is type(one) for one in values)


def _object(words: dict[str, Any]) -> Form:
    forms = {key: form_from(one) for key, one in words.pop("properties").items()}
    if words.pop("additionalProperties") is not False or set(words.pop("required")) != forms.keys():
        raise ValueError("an object that is not closed")

    def fits(value: object) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() == forms.keys()
            and all(form(value[key]) for key, form in forms.items())
        )

    return fits


def _array(words: dict[str, Any]) -> Form:
    form, least, most = form_from(words.pop("items")), words.pop("minItems", 0), words.pop("maxItems")
    return lambda value: isinstance(value, list) and least <= len(value) <= most and all(map(form, value))


def _string(words: dict[str, Any]) -> Form:
    # A $ also fits before a line's end, which no text of ours may hold.
    pattern = re.compile(words.pop("pattern").removeprefix("^").removesuffix("$"))
    most = words.pop("maxLength", MOST_LETTERS)
    return lambda value: (
        isinstance(value, str) and len(value) <= most and pattern.fullmatch(value) is not None
    )


def _figure(words: dict[str, Any], kinds: tuple[type, ...]) -> Form:
    least, most = words.pop("minimum", None), words.pop("maximum")
    above = words.pop("exclusiveMinimum", None)

    def fits(value: Any) -> bool:
        if type(value) not in kinds or not value <= most:
            return False
        return bool((least is None or least <= value) and (above is None or above < value))

    return fits


MOST_LETTERS = 120
"Of a text whose schema leaves that to its pattern."
KINDS: Mapping[str, Callable[[dict[str, Any]], Form]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "number": lambda words: _figure(words, (int, float)),
    "integer": lambda words: _figure(words, (int,)),
    "null": lambda _: lambda value: value is None,
    "boolean": lambda _: lambda value: isinstance(value, bool),
}
