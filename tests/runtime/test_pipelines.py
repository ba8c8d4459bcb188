"""Launch lines: which pipeline a SOURCE becomes, and which sources cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.config import Camera
from appliance.errors import SourceError
from appliance.runtime.cpu.pipelines import launch_line
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.sources import quote

CONTENT = b"some bytes"


def line(source: str | Path, live: bool = True, **keys: int) -> str:
    return launch_line(Camera(source=str(source), **keys), live=live).line


@pytest.mark.parametrize(
    "name",
    [
        "plain.mp4",
        "two words.mp4",
        'a "quoted" name.mp4',
        "back\\slash.mp4",
        "a!b.mp4",
        "ends\\",
        "#1;=(,).mp4",
    ],
)
def test_gstreamer_reads_back_any_file_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(CONTENT)
    gst = load_gstreamer()
    source = gst.parse_launch(f"filesrc name=one location={quote(str(file))} ! fakesink").get_by_name("one")
    assert source.get_property("location") == str(file)
    gst.parse_launch(line(file))


def test_a_recording_drops_frames_only_when_live(tmp_path: Path) -> None:
    file = tmp_path / "street.avi"
    file.write_bytes(CONTENT)
    assert "drop=true" in line(file, live=True)
    assert "sync=true" in line(file, live=True)
    assert "drop=false sync=false" in line(file, live=False)
    assert launch_line(Camera(source=str(file)), live=True).ends


def test_a_pattern_is_endless_when_live_and_finite_in_replay() -> None:
    assert not launch_line(Camera(source="test:"), live=True).ends
    assert launch_line(Camera(source="test:"), live=False).ends
    assert "width=320,height=200" in line("test:", width=320, height=200)
    load_gstreamer().parse_launch(line("test:"))


def test_the_test_picture_is_a_ball_or_red_and_nothing_else() -> None:
    assert "pattern=ball" in line("test:")
    assert "pattern=red" in line("test:red")
    with pytest.raises(SourceError, match=r"test:blue ! : no such picture; the tests are test: and test:red"):
        line("test:blue ! ")


def test_a_network_camera_gives_its_video_only_and_its_newest_frame() -> None:
    for source in ("rtsp://10.0.0.9/live", "rtsps://user:pa%20ss@camera/1?x=2&y"):
        text = line(source)
        assert f'location="{source}"' in text
        assert "media=video" in text
        assert "drop=true" in text


def test_a_usb_camera_is_asked_for_what_it_has_up_to_the_size() -> None:
    text = line("v4l2:/dev/null", width=800, height=600)
    assert 'device="/dev/null"' in text
    assert "width=(int)[1,800],height=(int)[1,600]" in text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("nowhere.mp4", "nowhere.mp4: no such file; name a video"),
        ("", "not a file"),
        ("/", "not a file; name one video of that folder"),
        ("v4l2:/dev/video97", "/dev/video97: no such camera"),
        ("csi:0", "CSI cameras need a Jetson"),
        ("http://street/live", "no such file"),
    ],
)
def test_a_source_that_cannot_be_is_named_with_the_cure(source: str, words: str) -> None:
    for live in (True, False):
        with pytest.raises(SourceError) as raised:
            line(source, live=live)
        assert words in str(raised.value)


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(SourceError, match=r"empty.mp4: the file is empty; copy it again"):
        line(tmp_path / "empty.mp4")
