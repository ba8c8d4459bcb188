"""Elements: what is there and what is not, and what a device that cannot be opened offers."""

from __future__ import annotations

import pytest

from appliance.errors import SourceError
from appliance.runtime.gstreamer import load_gstreamer
from appliance.runtime.jetson.elements import Elements


@pytest.fixture
def elements() -> Elements:
    return Elements(load_gstreamer())


def test_elements_and_properties_are_found(elements: Elements) -> None:
    assert elements.has("queue")
    assert not elements.has("unheard-of")
    assert elements.has_property("queue", "leaky")
    assert not elements.has_property("queue", "bl-output")
    assert not elements.has_property("unheard-of", "leaky")


def test_a_missing_element_is_named_with_the_cure(elements: Elements) -> None:
    elements.need("csi:0", "queue")
    with pytest.raises(SourceError, match=r"csi:0: GStreamer has no nvthing here; .*apt-get install"):
        elements.need("csi:0", "queue", "nvthing")


def test_a_line_holds_what_the_element_has(elements: Elements) -> None:
    assert elements.line("queue", {"leaky": "2", "nothing": "1"}, {"silent": "true", "less": "1"}) == (
        "queue silent=true leaky=2"
    )


def test_a_source_tells_its_media_types_and_one_that_cannot_be_opened_none(elements: Elements) -> None:
    assert elements.formats("videotestsrc") == {"video/x-raw", "video/x-bayer"}
    assert elements.formats("v4l2src device=/dev/null") == set()
