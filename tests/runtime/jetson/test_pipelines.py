"""Launch lines of the Jetson wing: whatever is installed, a line names only what is there, and says what is not."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.config import Camera
from appliance.errors import SourceError
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.elements import Elements
from appliance.runtime.jetson.pipelines import launch_line, way_of
from tests.runtime.jetson.fakes.elements import JETSON, installed
from tests.runtime.jetson.fakes.images import ShimImages
from tests.runtime.jetson.fakes.stage import Stage
from tests.runtime.jetson.shim.driver import ShimDriver

PROPERTIES = (
    "bl-output",
    "flip-method",
    "bufapi-version",
    "enable-max-performance",
    "mjpeg",
    "aeantibanding",
)
SENSOR = {
    "mode": 2,
    "exposure_ns": (34_000, 358_733_000),
    "gain": (1, 16),
    "digital_gain": (1, 2.5),
    "exposure_compensation": -0.5,
    "white_balance": "daylight",
    "anti_banding": 50,
    "flip": "half-turn",
}
ARGUS = "video/x-raw(memory:NVMM),width=1280,height=720,format=NV12,framerate=30/1"
SLOT = "max-buffers=1 drop=true sync=false"


@pytest.fixture
def elements() -> Iterator[Elements]:
    """All that a Jetson has."""
    with installed(Stage(ShimImages(ShimDriver())), *JETSON):
        yield Elements(load_gstreamer())


@pytest.fixture
def pc() -> Elements:
    """What this computer has, which is nothing of NVIDIA's."""
    return Elements(load_gstreamer())


def line(elements: Elements, source: str, *, live: bool = True, **keys: Any) -> str:
    return launch_line(Camera.model_validate({"source": source, **keys}), elements, live=live).line


def test_a_csi_camera_stays_in_nvmm_and_its_newest_frame_wins(elements: Elements) -> None:
    text = line(elements, "csi:1")
    head, rest = text.split(" ! ", 1)
    assert head == "nvarguscamerasrc sensor-id=1"
    assert rest.startswith(f"{ARGUS} ! queue leaky=downstream max-size-buffers=2 ")
    assert "! nvvidconv bl-output=false ! video/x-raw(memory:NVMM),format=NV12 ! appsink" in rest
    assert text.endswith(SLOT)


def test_what_is_set_for_the_sensor_stands_in_the_line(elements: Elements) -> None:
    text = line(elements, "csi:0", csi=SENSOR)
    for words in (
        'exposuretimerange="34000 358733000"',
        'gainrange="1 16"',
        'ispdigitalgainrange="1 2.5"',
        "sensor-mode=2",
        "exposurecompensation=-0.5",
        "wbmode=5",
        "aeantibanding=2",
        "flip-method=2",
    ):
        assert words in text
    load_gstreamer().parse_launch(text)


def test_only_csi_cameras_read_the_sensor_s_settings(elements: Elements) -> None:
    for source in ("test:", "rtsp://10.0.0.9/live"):
        assert line(elements, source, csi=SENSOR) == line(elements, source)


def test_without_bl_output_the_converter_gives_rgba_in_rows() -> None:
    with installed(Stage(ShimImages(ShimDriver()), lacking=("bl-output",)), *JETSON):
        text = line(Elements(load_gstreamer()), "csi:0")
    assert "nvvidconv ! video/x-raw(memory:NVMM),format=RGBA" in text


@given(lacking=st.sets(st.sampled_from(PROPERTIES)))
def test_no_line_names_a_property_that_is_not_there(lacking: set[str]) -> None:
    stage = Stage(ShimImages(ShimDriver()), lacking=tuple(lacking))
    with installed(stage, *JETSON, "v4l2src"):
        elements, gst = Elements(load_gstreamer()), load_gstreamer()
        for source, nvmm in itertools.product(("csi:0", "v4l2:/dev/null", "test:"), (True, False)):
            text = line(elements, source, nvmm=nvmm, csi=SENSOR)
            assert not [name for name in lacking if f"{name}=" in text], text
            gst.parse_launch(text)


def test_a_wish_that_this_release_cannot_grant_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with (
        installed(Stage(ShimImages(ShimDriver()), lacking=("aeantibanding",)), *JETSON),
        caplog.at_level(logging.WARNING),
    ):
        line(Elements(load_gstreamer()), "csi:0", csi=SENSOR)
    assert "nvarguscamerasrc has no property aeantibanding" in caplog.text


@pytest.mark.parametrize("offered", ["image/jpeg", "YUY2"])
def test_a_usb_camera_is_asked_for_jpeg_where_it_has_it(offered: str) -> None:
    with installed(Stage(ShimImages(ShimDriver()), camera=offered), *JETSON, "v4l2src"):
        text = line(Elements(load_gstreamer()), "v4l2:/dev/null")
    if offered == "image/jpeg":
        assert "! image/jpeg,width=(int)[1,1280]" in text
        assert "! nvv4l2decoder enable-max-performance=true mjpeg=true ! nvvidconv bl-output=false" in text
    else:
        assert "! video/x-raw,width=(int)[1,1280]" in text
        assert "decoder" not in text
    assert text.endswith(SLOT)


def test_jpeg_is_decoded_on_the_cpu_where_the_decoder_cannot(elements: Elements) -> None:
    with installed(Stage(ShimImages(ShimDriver()), lacking=("mjpeg",)), *JETSON, "v4l2src"):
        text = line(Elements(load_gstreamer()), "v4l2:/dev/null")
    assert "! jpegdec ! nvvidconv" in text


def test_a_network_camera_gives_its_video_only(elements: Elements) -> None:
    for source in ("rtsp://10.0.0.9/live", "rtsps://user:pa%20ss@camera/1?x=2&y"):
        text = line(elements, source)
        assert (
            f'rtspsrc location="{source}" protocols=tcp latency=200 ! application/x-rtp,media=video ! queue'
            in text
        )
        assert "! decodebin ! nvvidconv bl-output=false" in text


def test_a_recording_drops_frames_only_when_live(elements: Elements, tmp_path: Path) -> None:
    file = tmp_path / "street.avi"
    file.write_bytes(b"some bytes")
    assert line(elements, str(file)).endswith("max-buffers=1 drop=true sync=true")
    assert line(elements, str(file), live=False).endswith("drop=false sync=false")


def test_the_way_says_why_when_it_is_not_nvmm(elements: Elements) -> None:
    assert way_of(Camera(), elements) == "nvmm"
    assert way_of(Camera(nvmm=False), elements) == "software: camera.nvmm is off"


def test_a_pc_goes_by_system_memory(pc: Elements, tmp_path: Path) -> None:
    file = tmp_path / "street.avi"
    file.write_bytes(b"some bytes")
    assert way_of(Camera(), pc) == "software: no nvvidconv here"
    for source in ("test:", str(file), "rtsp://10.0.0.9/live", "v4l2:/dev/null"):
        text = line(pc, source)
        assert "NVMM" not in text
        assert "videoconvert ! video/x-raw,format=(string){NV12,RGBA} ! appsink" in text


def test_nvmm_off_brings_even_a_csi_camera_s_frames_to_system_memory(elements: Elements) -> None:
    text = line(elements, "csi:0", nvmm=False)
    assert "! nvvidconv ! video/x-raw,format=(string){NV12,RGBA} ! appsink" in text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "csi:0",
            "csi:0: GStreamer has no nvarguscamerasrc here; on a Jetson: apt-get install nvidia-l4t-gstreamer",
        ),
        ("csi:front", "csi:front: name the sensor by its number, csi:0"),
        ("csi:", "csi:: name the sensor by its number"),
        ("nowhere.mp4", "nowhere.mp4: no such file"),
        ("v4l2:/dev/video97", "/dev/video97: no such camera"),
    ],
)
def test_a_source_that_cannot_be_is_named_with_the_cure(pc: Elements, source: str, words: str) -> None:
    with pytest.raises(SourceError) as raised:
        line(pc, source)
    assert words in str(raised.value)


def test_a_missing_converter_is_named_too() -> None:
    with (
        installed(Stage(ShimImages(ShimDriver())), "nvarguscamerasrc"),
        pytest.raises(SourceError, match="has no nvvidconv"),
    ):
        line(Elements(load_gstreamer()), "csi:0")
