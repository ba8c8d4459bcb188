"""The law of a city: over every combination of city, mode, zones and paper exactly the lawful booth starts."""

from __future__ import annotations

import hashlib
import itertools
import os
from dataclasses import astuple
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from appliance.config import Capture, Settings, Zone
from appliance.config.duties import ProfileName
from appliance.config_file import CITIES as CITY_FILES
from appliance.config_file import load_settings
from appliance.errors import BoothError
from appliance.law.assessment import TEMPLATE
from appliance.law.desk import is_booth
from appliance.law.disclosure import looks_at_people, require_disclosure
from appliance.law.gate import faults, require_lawful
from appliance.law.ground import MOST_EXTENT, MOST_GROUND, crossing_of, fault_of, ground_of
from appliance.law.profiles import CITIES, PROFILES, profile_of
from appliance.remote import overlay
from tests.command import booth
from tests.law.booths import MAT, booth_file, booth_of

ROOT = Path(__file__).parents[2]
HEAD = """---
schema: assessment/1
city: {city}
capture mode: open-street
decision: {decision}
signed by: head of privacy
signed on: 2026-11-26
---
text
"""
WHOLE = {"name": "all", "kind": "scored", "polygon": [[0, 0], [1, 0], [1, 1], [0, 1]]}
BAND = {"name": "band", "kind": "scored", "polygon": [[0, 0.7], [1, 0.7], [1, 0.8], [0, 0.8]]}
AISLE = {"name": "aisle", "kind": "scored", "polygon": [[0.4, 0], [0.5, 0], [0.5, 1], [0.4, 1]]}
OPTED_OUT = {**WHOLE, "name": "never", "kind": "opt-out"}
ZONES: dict[str, tuple[list[dict[str, Any]], bool]] = {
    "none": ([], False),
    "mat": ([MAT], True),
    "two mats": ([MAT, {**MAT, "name": "b", "polygon": [[0, 0.5], [0.2, 0.5], [0.2, 0.9], [0, 0.9]]}], True),
    "whole picture": ([WHOLE], False),
    "whole picture but for an opt-out": ([WHOLE, OPTED_OUT], False),
    "from side to side": ([BAND], False),
    "spot from side to side": ([MAT, {**BAND, "kind": "spot"}], False),
    "mat and spot": ([MAT, {**MAT, "name": "b", "kind": "spot"}], True),
    "from top to bottom": ([AISLE], False),
    "opt-out alone": ([OPTED_OUT], False),
    "mat before a wide opt-out": ([MAT, {**BAND, "kind": "opt-out"}], True),
}
"Zones, and whether they are a place that one steps into on purpose."
PAPERS = (
    "none",
    "signed",
    "of another city",
    "not approved",
    "another text",
    "gone",
    "hash alone",
    "file alone",
)


def paper(folder: Path, city: str, kind: str) -> dict[str, str]:
    """The section `law` with an assessment of this kind."""
    file = folder / "assessment.md"
    of = "elsewhere" if kind == "of another city" else city
    text = HEAD.format(city=of, decision="refused" if kind == "not approved" else "approved")
    file.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if kind == "another text":
        file.write_text(text + "one word more")
    if kind == "gone":
        file.unlink()
    both = {"assessment": str(file), "assessment_sha256": digest}
    absent = {"none": set(both), "hash alone": {"assessment"}, "file alone": {"assessment_sha256"}}
    return {key: value for key, value in both.items() if key not in absent.get(kind, set())}


def may_start(city: str, mode: str, zones: str, kind: str) -> bool:
    """The rule, said once more and otherwise than in the code."""
    _, is_place = ZONES[zones]
    if mode == "opt-in-zone" and zones in ("none", "opt-out alone"):
        return False
    if kind not in ("none", "signed"):
        return False
    strict = city not in ("new-york", "stockholm")
    return not strict or kind == "signed" or (mode == "opt-in-zone" and is_place)


def starts(values: dict[str, Any]) -> bool:
    """Whether a booth with these settings runs."""
    try:
        require_lawful(Settings.model_validate(values))
    except (ValidationError, BoothError):
        return False
    return True


@pytest.mark.parametrize("city", [*CITIES, "atlantis"])
def test_exactly_the_lawful_booths_start(tmp_path: Path, city: str) -> None:
    for kind in PAPERS:
        law = paper(tmp_path, city, kind)
        for mode, zones in itertools.product(("open-street", "opt-in-zone"), ZONES):
            capture = {"mode": mode, "zones": ZONES[zones][0]}
            started = starts({"booth": {"city": city}, "capture": capture, "law": law})
            assert started == may_start(city, mode, zones, kind), (city, mode, zones, kind)


@pytest.mark.parametrize(
    ("city", "rule"), [("madrid", "AEPD report 0328/2012"), ("toronto", "Cadillac Fairview, 2020")]
)
def test_a_refusal_says_which_rule_and_what_to_sign(tmp_path: Path, city: str, rule: str) -> None:
    file = booth_file(tmp_path, city, capture={"mode": "open-street"})
    with pytest.raises(BoothError) as refused:
        load_settings(file)
    said = str(refused.value)
    assert said.startswith(f"{file}:4: capture.mode: open-street in {city}")
    for words in (rule, "opt-in-zone", f"sign {TEMPLATE}", "law.assessment_sha256"):
        assert words in said


@pytest.mark.parametrize("words", ["run vision", "run uplink", "run display", "replay test:", "check-config"])
def test_no_door_leads_past_the_law(tmp_path: Path, words: str) -> None:
    file = booth_file(tmp_path, "madrid", capture={"mode": "open-street"}, camera={"source": "test:"})
    config = [file] if words == "check-config" else ["--config", file]
    done = booth(*words.split(), *config)
    assert done.code == 1
    assert "capture.mode: open-street in madrid (es)" in done.err


def test_a_booth_does_not_choose_its_law(tmp_path: Path) -> None:
    for profile in set(get_args(ProfileName)) - {"es"}:
        with pytest.raises(BoothError, match=r"booth.yaml:\d+: law.profile: a booth does not choose its law"):
            booth_of(tmp_path, "madrid", law={"profile": profile}, capture={"mode": "open-street"})
    assert booth_of(tmp_path, "madrid", law={"profile": "es"}).law.profile == "es"
    with pytest.raises(BoothError, match="a booth does not choose its law"):
        booth_of(tmp_path, "atlantis", law={"profile": "us-ny"})


def test_a_file_that_calls_itself_the_citys_does_not_change_its_law(tmp_path: Path) -> None:
    (tmp_path / "madrid.yaml").write_text("law: {profile: us-ny}\n")
    (tmp_path / "booth.yaml").write_text("booth: {city: madrid}\n")
    with pytest.raises(BoothError, match="madrid is under es, whatever its file says"):
        load_settings(tmp_path / "booth.yaml", tmp_path)


def test_a_new_city_names_a_law_in_its_own_file(tmp_path: Path) -> None:
    (tmp_path / "oslo.yaml").write_text("law: {profile: se}\ncapture: {mode: open-street}\n")
    (tmp_path / "booth.yaml").write_text("booth: {city: oslo}\n")
    assert load_settings(tmp_path / "booth.yaml", tmp_path).capture.mode == "open-street"


def test_without_the_city_files_the_law_stands(tmp_path: Path) -> None:
    (tmp_path / "booth.yaml").write_text("booth: {city: madrid}\n")
    with pytest.raises(BoothError, match=r"capture.mode: open-street in madrid"):
        load_settings(tmp_path / "booth.yaml", tmp_path / "nowhere")


def test_the_template_itself_is_no_assessment(tmp_path: Path) -> None:
    template = ROOT / TEMPLATE
    digest = hashlib.sha256(template.read_bytes()).hexdigest()
    law = {"assessment": str(template), "assessment_sha256": digest}
    with pytest.raises(BoothError, match=r"assessment-template.md: 'city' is not 'madrid'"):
        booth_of(tmp_path, "madrid", law=law, capture={"mode": "open-street"})


@given(st.binary(max_size=400))
def test_no_file_but_a_signed_one_opens_the_street(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "assessment.md"
    file.write_bytes(content)
    law = {"assessment": file, "assessment_sha256": hashlib.sha256(content).hexdigest()}
    settings = Settings.model_validate({"booth": {"city": "madrid"}, "law": law})
    assert [fault.key for fault in faults(settings)] == [("law",)]


@pytest.mark.parametrize("line", [1, 2, 3, 4, 5, 6])
def test_each_line_of_its_head_counts(tmp_path: Path, line: int) -> None:
    lines = HEAD.format(city="madrid", decision="approved").splitlines(keepends=True)
    text = "".join([*lines[:line], *lines[line + 1 :]])
    (tmp_path / "a.md").write_text(text)
    law = {"assessment": tmp_path / "a.md", "assessment_sha256": hashlib.sha256(text.encode()).hexdigest()}
    settings = Settings.model_validate({"booth": {"city": "madrid"}, "law": law})
    with pytest.raises(BoothError, match=r"a[.]md: '"):
        require_lawful(settings)


@pytest.mark.parametrize("city", CITIES)
@pytest.mark.parametrize(
    ("section", "words"),
    [
        ({"uplink": {"outbox_days": 31}}, "uplink.outbox_days: 31 days"),
        ({"retention": {"reports_days": 731}}, "retention.reports_days: 731 days"),
    ],
)
def test_nothing_is_kept_for_longer_than_the_law_bears(
    tmp_path: Path, city: str, section: dict[str, Any], words: str
) -> None:
    with pytest.raises(BoothError) as refused:
        booth_of(tmp_path, city, **section)
    assert words in str(refused.value)
    assert "set at most" in str(refused.value)


SHARES = st.integers(0, 20).map(lambda step: step / 20)
POLYGONS = st.lists(st.tuples(SHARES, SHARES), min_size=3, max_size=8)


@given(st.lists(POLYGONS, min_size=1, max_size=4))
def test_a_zone_never_covers_more_than_is_measured(polygons: list[list[tuple[float, float]]]) -> None:
    zones = [Zone(name="z", polygon=tuple(polygon)) for polygon in polygons]
    ground = ground_of(zones)
    assert ground.area <= min(ground.width, ground.height) + 1e-9
    if not fault_of(zones):
        assert ground.area <= MOST_GROUND + 1e-9
        assert max(ground.width, ground.height) <= MOST_EXTENT + 1e-9
    assert astuple(ground_of([*zones, *zones])) == pytest.approx(astuple(ground), abs=1e-9)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_rectangle_is_measured_exactly(left: float, right: float, top: float, bottom: float) -> None:
    (left, right), (top, bottom) = sorted((left, right)), sorted((top, bottom))
    polygon = ((left, top), (right, top), (right, bottom), (left, bottom))
    ground = ground_of([Zone(name="z", polygon=polygon)])
    assert ground.area == pytest.approx((right - left) * (bottom - top), abs=1e-9)
    assert ground.width == pytest.approx(right - left, abs=1e-9)
    assert ground.height == pytest.approx(bottom - top, abs=1e-9)


@pytest.mark.parametrize("across", [True, False])
def test_stripes_between_the_points_that_are_looked_at_are_no_way_round_the_law(across: bool) -> None:
    stripes = []
    for row in range(199):
        low, high = (row + 0.51) / 200, (row + 1.49) / 200
        corners = ((0.0, low), (1.0, low), (1.0, high), (0.0, high))
        polygon = corners if across else tuple((y, x) for x, y in corners)
        stripes.append(Zone(name=f"s{row}", polygon=polygon))
    assert "leave room to walk past" in str(fault_of(stripes))


def comb(teeth: int, share: float) -> Zone:
    """A zone of one ring whose teeth lie between the rows of a grid of 200, and take a share of 0.6 by 0.6."""
    corners = [(0.2, 0.2), (0.8, 0.2), (0.8, 0.201)]
    for tooth in reversed(range(teeth)):
        end = 0.2 + 0.6 * (tooth + 1) / teeth
        start = end - 0.6 * share / teeth
        corners += [(end, 0.201), (end, 0.8), (start, 0.8), (start, 0.201)]
    return Zone(name="comb", polygon=tuple((round(x, 9), y) for x, y in [*corners, (0.2, 0.201)]))


@pytest.mark.parametrize("teeth", [2, 4, 7])
def test_a_comb_takes_what_its_teeth_take(teeth: int) -> None:
    assert fault_of([comb(teeth, 0.68)]) is None
    fault = fault_of([comb(teeth, 0.98)])
    assert fault
    assert fault.side == "area"
    assert fault.share == pytest.approx(0.36 * 0.98, abs=0.002)


def test_combs_of_many_zones_that_reach_into_each_other_are_measured_together() -> None:
    tooth = 0.999 / 200
    rows = [0.2 + (at + 0.5) / 200 for at in range(119)]
    teeth = [
        Zone(name=f"t{at}", polygon=((0.2, row), (0.8, row), (0.8, row + tooth), (0.2, row + tooth)))
        for at, row in enumerate(rows)
    ]
    assert ground_of(teeth).area == pytest.approx(0.6 * 119 * tooth, abs=1e-9)
    fault = fault_of(teeth)
    assert fault
    assert str(fault).startswith("the scored zones take 36% of the picture, at most 25%")


def test_a_scored_zone_that_crosses_itself_is_refused_where_only_who_opts_in_may_be_looked_at(
    tmp_path: Path,
) -> None:
    bow = {"name": "bow", "polygon": [[0.2, 0.2], [0.6, 0.6], [0.6, 0.2], [0.2, 0.6]]}
    for city, lawful in (("madrid", False), ("toronto", False), ("stockholm", True), ("new-york", True)):
        settings = Settings.model_validate(
            {"booth": {"city": city}, "capture": {"mode": "opt-in-zone", "zones": [bow]}}
        )
        found = faults(settings)
        assert [str(fault) for fault in found] == ([] if lawful else [str(found and found[0])])
        assert lawful or "bow crosses itself" in str(found[0])
    closed = {"name": "mat", "polygon": [[0.2, 0.2], [0.6, 0.2], [0.6, 0.6], [0.2, 0.6], [0.2, 0.2]]}
    assert crossing_of([Zone.model_validate(closed)]) == ""


WISHED = st.lists(st.sampled_from([MAT, WHOLE, BAND, AISLE, OPTED_OUT]), max_size=3)
MODES = st.sampled_from(get_args(Capture.model_fields["mode"].annotation))


@given(st.sampled_from([*CITIES, "atlantis"]), MODES, WISHED, st.data())
def test_nothing_wished_from_afar_makes_a_lawful_booth_unlawful(
    city: str, mode: str, zones: list[dict[str, Any]], data: st.DataObject
) -> None:
    values = {"booth": {"city": city}, "capture": {"mode": mode, "zones": zones}}
    try:
        files = Settings.model_validate(values)
        require_lawful(files)
    except (ValueError, BoothError):
        return
    wish = data.draw(st.fixed_dictionaries({}, optional={"mode": MODES, "zones": WISHED}))
    try:
        wanted = overlay(files, {"capture": wish})
    except BoothError:
        return
    require_lawful(wanted)


@pytest.mark.parametrize("city", CITIES)
def test_an_installed_booth_does_not_look_before_its_sign_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, city: str
) -> None:
    require_disclosure(booth_of(tmp_path, city))
    file = tmp_path / "bare.yaml"
    file.write_text(
        f"booth: {{city: {city}}}\nfolders: {{state: {tmp_path}, runtime: {tmp_path}}}\n"
        'camera: {source: "v4l2:/dev/no-such-camera", first_frame_s: 1}\n'
    )
    listed = booth("check-config", file)
    assert listed.code == 0
    assert "sign.url: not set" in listed.out
    monkeypatch.setattr("appliance.law.desk.BOOTH_FILE", file)
    if city == "new-york":
        require_disclosure(load_settings(file))
        return
    done = booth("run", "vision", "--config", file)
    assert done.code == 1
    assert "sign.controller: not set" in done.err


def test_a_desk_looks_without_a_sign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.law.desk.BOOTH_FILE", tmp_path / "none.yaml")
    monkeypatch.setattr("appliance.verbs.vision.get_ready", lambda *_: None)
    file = tmp_path / "booth.yaml"
    file.write_text(
        f"booth: {{city: madrid}}\nfolders: {{state: {tmp_path}, runtime: {tmp_path}}}\n"
        'camera: {source: "v4l2:/dev/video9"}\n'
    )
    assert booth("run", "vision", "--config", file).code == 0


@pytest.mark.parametrize(
    ("sections", "words"),
    [
        ({"place": {"languages": ["en"]}}, "place.languages: es missing"),
        ({"sign": {"legal_basis": "notice"}}, "sign.legal_basis: notice does not bear opt-in-zone"),
        ({"sign": {"rights": ["access"]}}, "sign.rights: rectification, erasure"),
        (
            {"sign": {"legal_basis": "legitimate-interest"}},
            "sign.rights: objection missing, which es gives with legitimate-interest",
        ),
    ],
)
def test_a_sign_that_says_too_little_is_refused(tmp_path: Path, sections: dict[str, Any], words: str) -> None:
    values = booth_file(tmp_path, "madrid").read_text(encoding="utf-8")
    merged = {**(whole := yaml.safe_load(values)), **sections}
    merged["sign"] = {**whole["sign"], **sections.get("sign", {})}
    (tmp_path / "booth.yaml").write_text(yaml.safe_dump(merged))
    with pytest.raises(BoothError) as refused:
        require_disclosure(load_settings(tmp_path / "booth.yaml"))
    assert str(refused.value).startswith(words)


def test_consent_is_no_basis_for_an_open_street(tmp_path: Path) -> None:
    settings = booth_of(tmp_path, "stockholm")
    sign = settings.sign.model_copy(update={"legal_basis": "consent"})
    with pytest.raises(
        BoothError, match="consent does not bear open-street under se; set legitimate-interest"
    ):
        require_disclosure(settings.model_copy(update={"sign": sign}))


def test_every_profile_can_be_met() -> None:
    for name, profile in PROFILES.items():
        assert profile.name == name
        assert bool(profile.why) != profile.open_street
        assert set(profile.bases) == {"open-street", "opt-in-zone"}
    assert {city.stem for city in CITY_FILES.glob("*.yaml")} == set(CITIES)
    for city, name in CITIES.items():
        told = yaml.safe_load((CITY_FILES / f"{city}.yaml").read_text(encoding="utf-8"))
        assert told["law"]["profile"] == name
        assert told["display" if "display" in told else "place"]["languages"][0] in PROFILES[name].languages


def test_the_first_language_of_a_place_is_that_of_its_board(tmp_path: Path) -> None:
    assert booth_of(tmp_path, "madrid").display.language == "es"
    assert booth_of(tmp_path, "madrid", display={"language": "en"}).display.language == "en"
    assert booth_of(tmp_path, "madrid", display={"port": 1}).display.language == "es"


@pytest.mark.parametrize(
    ("source", "live"),
    [
        ("v4l2:/dev/video0", True),
        ("rtsp://10.0.0.3/a", True),
        ("csi:0", True),
        ("/dev/null", True),
        ("test:", False),
        ("{file}", False),
        ("{file}.gone", False),
        ("{pipe}", True),
    ],
)
def test_a_camera_is_a_camera_however_it_is_written(tmp_path: Path, source: str, live: bool) -> None:
    (tmp_path / "street.avi").write_bytes(b"x")
    os.mkfifo(tmp_path / "pipe")
    named = source.format(file=tmp_path / "street.avi", pipe=tmp_path / "pipe")
    camera = Settings.model_validate({"camera": {"source": named}}).camera
    assert looks_at_people(camera) == live


@pytest.mark.parametrize(
    "words",
    [
        "demo v4l2:/dev/video9 --headless",
        "learn v4l2:/dev/video9 --bank {folder}/b --minutes 1",
        "zones csi:0 --minutes 1",
        "score rtsp://admin:secret@10.0.0.3/x",
        "replay v4l2:/dev/video9",
        "bench v4l2:/dev/video9",
    ],
)
def test_on_an_installed_booth_nobody_looks_past_its_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    file = booth_file(tmp_path, "madrid", folders={"state": str(tmp_path), "runtime": str(tmp_path)})
    monkeypatch.setattr("appliance.law.desk.BOOTH_FILE", file)
    done = booth(*words.format(folder=tmp_path, file=file).split())
    assert done.code == 1
    assert "this machine is a booth, and looks by its own settings" in done.err
    assert "secret" not in done.err


def test_a_file_that_cannot_be_seen_is_taken_for_a_booth(tmp_path: Path) -> None:
    assert not is_booth(tmp_path / "booth.yaml")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert is_booth(tmp_path / "loop" / "booth.yaml")


def test_no_name_of_a_law_changes_that_of_a_known_city() -> None:
    assert {profile_of("madrid", name).name for name in get_args(ProfileName)} == {"es"}


def test_an_unknown_city_has_the_strictest_law() -> None:
    other = profile_of("atlantis", None)
    assert (other.name, other.open_street) == ("other", False)
