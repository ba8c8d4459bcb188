"""The contract: closed schemas that a stranger understands, a document that names what the code does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from appliance import remote
from appliance.commands.contract import Kind
from appliance.uplink.papers import DOCUMENT, FILES, KINDS, read_paper, read_schema, whole_document
from appliance.uplink.topics import DOWN, ROOT, UP
from appliance.vocabulary import MOST_WORDS, WORDS
from tests.command import booth

NUMBERS = (-1, 0, 1e-9, 0.5, 0.5001, 1, 1.5, 4, 5, 120, 120.5, 600, 601, 1000, 1001, 86_400, 86_401, 10**12)
WORDS_OF_SETTINGS = ("", "en", "fr", "sv", "es", "de", "open-street", "opt-in-zone", "closed")
PROBES: tuple[Any, ...] = (None, False, True, "5", [], [5], {}, *NUMBERS, *WORDS_OF_SETTINGS)
ZONE = {
    "name": st.sampled_from(["street", "a", "", "A", "a b", "a" * 32, "a" * 33, 7]),
    "kind": st.sampled_from(["scored", "opt-out", "", None]),
    "polygon": st.lists(
        st.sampled_from([[0, 0], [0.5, 1], [1, 0], [1.01, 0], [0, -0.1], [0], [0, 0, 0], "x"]), max_size=5
    )
    | st.integers(0, 40).map(lambda corners: [[0.5, 0.5]] * corners),
}
ZONES = st.lists(st.fixed_dictionaries({}, optional={**ZONE, "more": st.just(1)}), max_size=2)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Every schema of an object within `schema`, itself included."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)


def settings_schema(kind: str) -> dict[str, Any]:
    part: dict[str, Any] = read_schema(kind)["properties"]["settings"]
    return part


def accepts(schema: dict[str, Any], value: Any) -> bool:
    return jsonschema.Draft202012Validator(schema).is_valid(value)


def test_all_papers_go_into_the_package() -> None:
    root = Path(__file__).parents[2]
    listed = re.search(
        r"^appliance = (\[.*\])$", (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed
    packed = {file for pattern in json.loads(listed[1]) for file in (root / "appliance").glob(pattern)}
    assert packed >= {root / "appliance" / "uplink" / "contract" / name for name in FILES}


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one_and_says_which_version_of_which_kind(kind: str) -> None:
    schema = read_schema(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:booth:{kind}:1"
    assert schema["title"] == schema["properties"]["schema"]["const"] == f"{kind}/1"


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_are_closed_complete_and_told_in_words(kind: str) -> None:
    for found in objects({**read_schema(kind), "examples": None}):
        assert found["additionalProperties"] is False
        for key, value in found["properties"].items():
            assert value.get("description"), f"{kind}: {key} is not explained"
    schema = read_schema(kind)
    assert list(schema["properties"]) == schema["required"]


@pytest.mark.parametrize("kind", KINDS)
def test_examples_keep_their_schema_and_stop_keeping_it_with_a_key_more_or_less(kind: str) -> None:
    schema = read_schema(kind)
    assert schema["examples"]
    for example in schema["examples"]:
        jsonschema.validate(example, schema, jsonschema.Draft202012Validator)
        assert not accepts(schema, {**example, "more": 1})
        for key in example:
            assert not accepts(schema, {other: example[other] for other in example if other != key}), key


def test_the_words_of_an_exception_are_the_vocabulary() -> None:
    why = read_schema("exception")["properties"]["why"]
    assert why["items"]["enum"] == list(WORDS)
    assert why["maxItems"] == MOST_WORDS


def test_wanted_and_reported_settings_have_one_shape() -> None:
    shapes = [{**settings_schema(kind), "description": ""} for kind in ("desired", "reported")]
    assert shapes[0] == shapes[1]


def test_the_settings_of_the_contract_are_those_that_may_be_set_from_afar() -> None:
    sections = settings_schema("desired")["properties"]
    assert {name: set(sections[name]["properties"]) for name in sections} == {
        name: set(keys) for name, keys in remote.ALLOWED.items()
    }


def takes(wish: dict[str, Any]) -> bool:
    try:
        remote.MODEL.model_validate_json(json.dumps(wish), strict=True)
    except ValueError:
        return False
    return True


def test_the_schema_takes_a_value_where_the_settings_do() -> None:
    schema = settings_schema("desired")
    for section, keys in remote.ALLOWED.items():
        for key in keys:
            for value in PROBES:
                wish = {section: {key: value}}
                assert accepts(schema, wish) == takes(wish), wish
            assert not accepts(schema, {section: {key + "x": PROBES[0]}})


@given(ZONES)
def test_the_schema_takes_zones_where_the_settings_do(zones: list[dict[str, Any]]) -> None:
    wish = {"capture": {"zones": zones}}
    assert accepts(settings_schema("desired"), wish) == takes(wish)


def test_the_document_has_the_topics_of_the_code_and_sends_what_goes_up() -> None:
    document = whole_document()
    addresses = {name: channel["address"] for name, channel in document["channels"].items()}
    assert set(addresses.values()) == {f"{ROOT}/{{city}}/{{booth}}/{kind}" for kind in UP + DOWN}
    actions = {
        addresses[operation["channel"]["$ref"].rsplit("/")[-1]].split("/", 4)[4]: operation["action"]
        for operation in document["operations"].values()
    }
    assert actions == {**dict.fromkeys(UP, "send"), **dict.fromkeys(DOWN, "receive")}


def test_the_whole_document_refers_to_nothing_outside_itself() -> None:
    document = whole_document()
    text = json.dumps(document)
    assert ".json" not in text
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
    assert set(document["components"]["schemas"]) == set(KINDS)


def test_messages_of_the_document_have_a_schema_and_its_examples() -> None:
    document = whole_document()
    for kind, message in document["components"]["messages"].items():
        assert message["payload"] == {"$ref": f"#/components/schemas/{kind}"}
        shown = [example["payload"] for example in message["examples"]]
        assert shown == document["components"]["schemas"][kind]["examples"]


def test_the_command_prints_the_same_document_as_yaml_and_as_json() -> None:
    as_yaml, as_json = booth("contract"), booth("contract", "--json")
    assert (as_yaml.code, as_json.code) == (0, 0)
    assert yaml.safe_load(as_yaml.out) == json.loads(as_json.out) == whole_document()


@pytest.mark.parametrize("kind", KINDS)
def test_the_command_prints_each_schema(kind: str) -> None:
    done = booth("contract", kind)
    assert json.loads(done.out) == read_schema(kind)


def test_a_kind_that_there_is_not_is_wrong_use_and_names_those_that_there_are() -> None:
    assert [kind.value for kind in Kind] == list(KINDS)
    done = booth("contract", "picture")
    assert done.code == 2
    assert "reported" in done.err


def test_all_papers_are_copied_as_they_are(tmp_path: Path) -> None:
    done = booth("contract", "--folder", tmp_path / "papers")
    assert done.out.split() == [str(tmp_path / "papers" / name) for name in FILES]
    assert (tmp_path / "papers" / DOCUMENT).read_text(encoding="utf-8") == read_paper(DOCUMENT)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = booth("contract", "--folder", tmp_path / "file" / "papers")
    assert done.code == 1
    assert f"{tmp_path}/file/papers" in done.err
    assert done.err.count("\n") == 1
