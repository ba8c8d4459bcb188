"""Settings files: defaults, a city's and a booth's YAML in, settings or the line of the mistake out."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from appliance.config import NAME_PATTERN, Identity, Settings, yielding
from appliance.errors import OWNER, BoothError
from appliance.law.gate import Fault, faults
from appliance.section import told_fault

CITIES = Path(__file__).parent.parent / "deploy" / "cities"
Layer = tuple[Path, str, dict[str, Any]]
"A settings file, its text, and what that says."


def load_settings(booth_file: Path, cities: Path = CITIES, city: str = Identity().city) -> Settings:
    """Merge defaults < city < booth file; `city` is that of a file that names none.

    Raises BoothError naming file, line, key and cure.
    """
    text = read_text(booth_file)
    booth = parse_mapping(booth_file, text)
    layers = [(booth_file, text, booth)]
    identity = booth.get("booth")
    merged: dict[str, Any] = {"booth": {"city": city}}
    city = identity.get("city", city) if isinstance(identity, dict) else city
    # Only a city's name may become a file's name; any other is refused below with its line.
    if isinstance(city, str) and re.fullmatch(NAME_PATTERN, city) and (cities / f"{city}.yaml").is_file():
        city_file = cities / f"{city}.yaml"
        city_text = read_text(city_file)
        layers.insert(0, (city_file, city_text, parse_mapping(city_file, city_text)))
    for path, layer_text, layer in layers:
        below, over = merged.get("decision"), layer.get("decision")
        if isinstance(below, dict) and isinstance(over, dict):
            merged["decision"] = yielding(below, over)
        merged = merge(merged, layer)
        try:
            settings = Settings.model_validate(merged)
        except ValidationError as error:
            raise BoothError(explain(error, path, layer_text)) from None
    unlawful = [explain_fault(fault, layers) for fault in law_faults(settings, layers)]
    if unlawful:
        raise BoothError("\n".join(unlawful))
    return settings


def law_faults(settings: Settings, layers: list[Layer]) -> list[Fault]:
    """What the law of the city forbids in `settings`, and a profile that the booth's file has for itself."""
    named = [law.get("profile") for _, _, layer in layers if isinstance(law := layer.get("law", {}), dict)]
    if named[-1] in (None, *named[:-1]):
        return faults(settings)
    words = "a booth does not choose its law; remove the key, a new city's file in deploy/cities names it"
    return [Fault(("law", "profile"), words)]


def explain_fault(fault: Fault, layers: list[Layer]) -> str:
    """One line: the file that has the key, the booth's before its city's, the line, and the fault."""
    for path, text, layer in reversed(layers):
        section = layer.get(fault.key[0])
        if isinstance(section, dict) and (len(fault.key) == 1 or fault.key[1] in section):
            return f"{path}:{line_of(text, fault.key)}: {fault}"
    return f"{layers[-1][0]}:1: {fault}"


def read_text(path: Path) -> str:
    """Text of a settings file. Raises BoothError when it is missing, unreadable or no text."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        cure = OWNER if isinstance(error, PermissionError) else "name a settings file that exists"
        raise BoothError(f"{path}: {os.strerror(error.errno or 0)}; {cure}") from None
    except UnicodeDecodeError:
        raise BoothError(f"{path}: not UTF-8 text; write the settings as YAML") from None
    except ValueError as error:
        raise BoothError(f"{path}: {error}; name a settings file that exists") from None


def parse_mapping(path: Path, text: str) -> dict[str, Any]:
    """YAML mapping of `text`, {} when empty. Raises BoothError with the line of the first mistake."""
    try:
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise BoothError(f"{path}:{line}: {error.problem}; mend the YAML there") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise BoothError(f"{path}:1: {str(error).splitlines()[0]}; mend the YAML") from None
    except (AttributeError, LookupError):  # PyYAML's own slips: `!!timestamp soon`, `!!bool perhaps`
        raise BoothError(f"{path}:1: a value does not fit the type it claims; mend the YAML") from None
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise BoothError(f"{path}:1: settings are `key: value` lines, this is a {type(data).__name__}")
    return data


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`base` with the keys of `over` laid on top, section by section; lists are replaced whole."""
    both = dict(base)
    for key, value in over.items():
        old = both.get(key)
        both[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def explain(error: ValidationError, path: Path, text: str) -> str:
    """One line per mistake: file, line, key, what is wrong and what would be right."""
    lines = []
    for fault in error.errors(include_url=False, include_context=False):
        key = ".".join(str(part) for part in fault["loc"]) or "settings"
        line = line_of(text, tuple(fault["loc"]))
        cure = (
            "unknown key; remove it or mend its spelling"
            if fault["type"] == "extra_forbidden"
            else told_fault(fault)
        )
        lines.append(f"{path}:{line}: {key}: {cure}")
    return "\n".join(lines)


def line_of(text: str, location: tuple[int | str, ...]) -> int:
    """Line, from 1, of the deepest part of `location` that the YAML text has."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = (node.value[part], node.value[part])
        else:
            found = None
        if found is None:
            return line
        line, node = found[0].start_mark.line + 1, found[1]
    return line
