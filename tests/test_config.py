"""Settings: three layers merge, and any mistake is one line with file, line, key and cure."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.config import Camera, Settings
from appliance.config_file import CITIES, load_settings, parse_mapping
from appliance.errors import BoothError

CITY = "uplink: {broker: 'mqtt://hub:1883', status_every_s: 120}\ndisplay: {language: sv}\n"
ZONE = "capture:\n  zones:\n  - name: a\n"
KEYS = ["booth", "city", "camera", "source", "width", "capture", "zones", "polygon", "mode", "bank"]
TAGS = [
    "!!timestamp",
    "!!bool",
    "!!int",
    "!!float",
    "!!binary",
    "!!omap",
    "!!set",
    "!!python/object:os.system",
]
SIGNS = [*":-[]{}&*!|>'\"%@`#,?\n \t\x00", ": ", "\n  ", "&a ", "*a", "<<: ", ".nan"]
SCRAPS = st.sampled_from([*KEYS, *TAGS, *SIGNS])
YAMLISH = st.lists(SCRAPS | st.text(max_size=4) | st.integers().map(str), max_size=30).map("".join)


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    folder = tmp_path / "cities"
    folder.mkdir()
    (folder / "stockholm.yaml").write_text(CITY, encoding="utf-8")
    return folder


def load(folder: Path, text: str | bytes, cities: Path = Path("/nowhere")) -> Settings:
    file = folder / "booth.yaml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_settings(file, cities)


def fault(folder: Path, text: str | bytes, cities: Path = Path("/nowhere")) -> str:
    """What people read; it names the file and is one line per mistake."""
    with pytest.raises(BoothError) as raised:
        load(folder, text, cities)
    lines = str(raised.value).splitlines()
    assert lines
    assert all(str(folder) in line for line in lines)
    return str(raised.value)


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, "") == Settings()


def test_a_city_beats_the_defaults(tmp_path: Path, cities: Path) -> None:
    got = load(tmp_path, "booth: {city: stockholm}", cities)
    assert got.uplink.broker == "mqtt://hub:1883"
    assert got.display.language == "sv"
    assert got.uplink.keepalive_s == Settings().uplink.keepalive_s


def test_a_booth_beats_its_city_key_by_key(tmp_path: Path, cities: Path) -> None:
    got = load(tmp_path, "booth: {city: stockholm}\nuplink: {status_every_s: 60}", cities)
    assert (got.uplink.status_every_s, got.uplink.broker) == (60, "mqtt://hub:1883")


def test_a_list_of_the_booth_replaces_that_of_the_city_whole(tmp_path: Path, cities: Path) -> None:
    zone = "{name: %s, polygon: [[0, 0], [1, 0], [1, 1]]}"
    (cities / "stockholm.yaml").write_text(f"capture: {{zones: [{zone % 'a'}, {zone % 'b'}]}}")
    got = load(tmp_path, f"booth: {{city: stockholm}}\ncapture: {{zones: [{zone % 'c'}]}}", cities)
    assert [one.name for one in got.capture.zones] == ["c"]


def test_a_booth_may_wish_by_the_hour_where_its_city_wishes_a_share(tmp_path: Path, cities: Path) -> None:
    (cities / "stockholm.yaml").write_text("decision: {wanted_share: 0.1}\n")
    wish = "booth: {city: stockholm}\ndecision: {wanted_per_hour: 6%s}\n"
    for more in ("", ", wanted_share: null"):
        got = load(tmp_path, wish % more, cities).decision
        assert (got.wanted_share, got.wanted_per_hour) == (None, 6)
    assert "set one of them to null" in fault(tmp_path, wish % ", wanted_share: 0.2", cities)
    (cities / "stockholm.yaml").write_text("decision: 3\n")
    assert "stockholm.yaml:1: decision" in fault(tmp_path, wish % "", cities)


def test_a_city_without_a_file_has_the_defaults(tmp_path: Path, cities: Path) -> None:
    mat = "{name: mat, polygon: [[0.4, 0.6], [0.6, 0.6], [0.6, 1]]}"
    capture = f"capture: {{mode: opt-in-zone, zones: [{mat}]}}"
    got = load(tmp_path, f"booth: {{city: atlantis}}\n{capture}", cities)
    assert (got.booth.city, got.display) == ("atlantis", Settings().display)


def test_a_mistake_in_the_city_file_is_laid_at_its_door(tmp_path: Path, cities: Path) -> None:
    (cities / "stockholm.yaml").write_text("uplink:\n  brokr: x\n")
    said = fault(tmp_path, "booth: {city: stockholm}", cities)
    assert f"{cities / 'stockholm.yaml'}:2: uplink.brokr" in said


@pytest.mark.parametrize(
    ("text", "line", "key", "cure"),
    [
        ("camera:\n  width: 640\n  widht: 1\n", 3, "camera.widht", "unknown key; remove it"),
        ("colour: red\n", 1, "colour", "unknown key"),
        ("booth:\n  id: desk\ncamera:\n  width: wide\n", 4, "camera.width", "valid integer"),
        ("detector:\n\n  width: 100\n", 3, "detector.width", "multiple of 32"),
        ("decision: {wanted_share: 0}\n", 1, "decision.wanted_share", "greater than 0"),
        ("decision:\n  wanted_per_hour: -1\n", 2, "decision.wanted_per_hour", "greater than 0"),
        ("decision: {wanted_share: 0.1, wanted_per_hour: 6}\n", 1, "decision", "set one of them to null"),
        ("novelty: [1]\n", 1, "novelty", "dictionary"),
        ("booth:\n  id: Desk 1\n", 2, "booth.id", "small letters"),
        ("uplink:\n  broker: http://x\n", 2, "uplink.broker", "no broker address; write mqtt://HOST:PORT"),
        ("uplink: {broker: 'mqtts://x:65536'}\n", 1, "uplink.broker", "write mqtt://HOST:PORT or mqtts:"),
        ("uplink: {broker: 'mqtt://x:0'}\n", 1, "uplink.broker", "no broker address"),
        ("display:\n  host: 0.0.0.0\n", 2, "display.host", "127.0.0.1"),
        ("garments:\n  view_gap_s: .nan\n", 2, "garments.view_gap_s", "finite"),
        ("camera:\n  stall_s: .inf\n", 2, "camera.stall_s", "finite"),
        (f"{ZONE}    polygon: [[0, 0], [1, 2], [1, 1]]\n", 4, "capture.zones.0.polygon.1.1", "less"),
        (f"{ZONE}    polygon: [[0, 0]]\n", 4, "capture.zones.0.polygon", "at least 3"),
        ("1: 2\n", 1, "1", ""),
    ],
)
def test_a_mistake_names_its_line_its_key_and_the_cure(
    tmp_path: Path, text: str, line: int, key: str, cure: str
) -> None:
    said = fault(tmp_path, text)
    assert f"booth.yaml:{line}: {key}" in said
    assert cure in said


def test_each_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    assert len(fault(tmp_path, "camera: {width: 1, height: 1}\nx: 1\n").splitlines()) == 3


@pytest.mark.parametrize(
    "zones", ["", "  zones: [{name: a, kind: opt-out, polygon: [[0, 0], [1, 0], [1, 1]]}]\n"]
)
def test_opt_in_without_a_scored_zone_is_refused(tmp_path: Path, zones: str) -> None:
    said = fault(tmp_path, f"capture:\n  mode: opt-in-zone\n{zones}")
    assert "booth.yaml:1: capture" in said
    assert "needs at least one zone of kind 'scored'" in said


def test_opt_in_with_a_scored_zone_is_taken(tmp_path: Path) -> None:
    zone = "{name: door, polygon: [[0, 0], [1, 0], [1, 1]]}"
    assert load(tmp_path, f"capture: {{mode: opt-in-zone, zones: [{zone}]}}").capture.mode == "opt-in-zone"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("camera:\n  source: [\n", "booth.yaml:3:"),
        ("a: b: c\n", "booth.yaml:1:"),
        ("- camera\n- booth\n", "this is a list"),
        ("just words\n", "this is a str"),
        (b"camera: \xff\xfe\n", "not UTF-8 text"),
        (b"\x00\x01", "mend the YAML"),
        ("[" * 3000, "mend the YAML"),
        ("{a: " * 3000, "mend the YAML"),
        ("at: !!timestamp soon\n", "mend the YAML"),
        ("on: !!bool perhaps\n", "mend the YAML"),
        ("n: !!int ''\n", "mend the YAML"),
        ("n: " + "9" * 5000 + "\n", "booth.yaml"),
        ("day: 2026-99-99\n", "mend the YAML"),
        ("&a a: *b\n", "booth.yaml:1:"),
        (f"booth: {{city: {'x' * 300}}}\n", "booth.city"),
        ('booth: {city: "a\\0b"}\n', "booth.city"),
        ("booth: {city: ../../etc/passwd}\n", "booth.city"),
    ],
)
def test_what_is_no_settings_file_is_refused_in_one_line(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    said = fault(tmp_path, text)
    assert words in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("name", ["missing.yaml", "", "x" * 300, "a\0b"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(BoothError, match="name a settings file"):
        load_settings(tmp_path / name)


@settings(max_examples=300)
@given(YAMLISH)
def test_no_text_ever_raises_anything_but_the_error_for_people(tmp_path: Path, text: str) -> None:
    with contextlib.suppress(BoothError):
        assert isinstance(load(tmp_path, text.encode("utf-8", "replace")), Settings)


@given(
    st.dictionaries(st.sampled_from(KEYS), st.integers() | st.floats() | st.text() | st.none(), max_size=3)
)
def test_values_of_any_type_are_taken_or_refused(section: dict[str, object]) -> None:
    with contextlib.suppress(ValidationError):
        Settings.model_validate({"camera": section, "novelty": section})


@pytest.mark.parametrize("secret", ["hunter2", "hunter/2", "hunter@2", "hunter/@2"])
def test_no_password_of_a_camera_is_in_its_label(secret: str) -> None:
    camera = Camera(source=f"rtsp://admin:{secret}@10.0.0.3/stream")
    assert camera.label == "rtsp://10.0.0.3/stream"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().camera.width = 1  # type: ignore[misc]


def test_every_city_that_ships_is_valid(tmp_path: Path) -> None:
    for city in sorted(CITIES.glob("*.yaml")):
        got = load(tmp_path, f"booth: {{city: {city.stem}}}", CITIES)
        assert got.booth.city == city.stem


@pytest.mark.parametrize("text", ["", "# a remark\n", "---\n", "null\n"])
def test_a_file_that_says_nothing_is_no_mistake(tmp_path: Path, text: str) -> None:
    assert parse_mapping(tmp_path, text) == {}


def test_people_are_told_to_stand_on_one_spot(tmp_path: Path) -> None:
    spots = [f"{{name: {name}, kind: spot, polygon: [[0, 0], [1, 0], [1, 1]]}}" for name in "ab"]
    one = load(tmp_path, f"capture: {{zones: [{spots[0]}]}}").capture
    assert one.spot == one.zones[0]
    assert Settings().capture.spot is None
    assert "more than one zone of kind 'spot'" in fault(tmp_path, f"capture: {{zones: [{', '.join(spots)}]}}")
    said = fault(tmp_path, f"capture: {{mode: opt-in-zone, zones: [{spots[0]}]}}")
    assert "needs at least one zone of kind 'scored'" in said
