"""Recordings from first to last frame, with cameras that fall silent, fail and end short."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from appliance.app import Eyes
from appliance.config import Settings
from appliance.errors import SourceError
from appliance.verbs.playback import Excerpt, Played, play
from tests.fakes import Deliver, End, Fail, FakeCamera, FakeClock, FakePipeline, Freeze

EYES = cast(Eyes, SimpleNamespace())
SETTINGS = Settings.model_validate({"camera": {"source": "street.mp4"}})


class Recording(FakeCamera):
    """A file that knows its length and, at its end, what it left out."""

    whole_s = 0.0

    def length_s(self) -> float:
        return self.whole_s


def played(
    monkeypatch: pytest.MonkeyPatch, acts: Sequence[Any], excerpt: Excerpt | None = None, **camera: Any
) -> tuple[list[Played], Recording]:
    recording = Recording(FakeClock(0.0), acts)
    for name, value in camera.items():
        setattr(recording, name, value)
    monkeypatch.setattr("appliance.verbs.playback.open_camera", lambda *_, live: recording)
    monkeypatch.setattr("appliance.verbs.playback.make_pipeline", lambda *_: FakePipeline(at_the_end=1))
    return list(play(SETTINGS, EYES, None, excerpt or Excerpt())), recording


def test_every_frame_is_played_and_then_concluded(monkeypatch: pytest.MonkeyPatch) -> None:
    items, recording = played(monkeypatch, [Deliver(5), End()])
    assert [item.index for item in items] == [0, 1, 2, 3, 4, 4]
    assert [len(item.step.passages) for item in items] == [0, 0, 0, 0, 0, 1]
    assert items[0].size == (64, 48)
    assert recording.closed == 1


def test_a_file_without_a_frame_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"broken"):
        played(monkeypatch, [Fail("street.mp4: broken")])


def test_a_silent_file_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match=r"street.mp4: no frame for 5 s; the file is broken or no video"):
        played(monkeypatch, [Freeze(1000)])


def test_a_short_silence_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    items, _ = played(monkeypatch, [Freeze(4), Deliver(2), End()])
    assert len(items) == 3


@pytest.mark.parametrize("fault", [Fail("street.mp4: frame 3: broken"), Freeze(1000)])
def test_what_came_before_a_fault_is_used_and_the_fault_told(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, fault: Any
) -> None:
    items, recording = played(monkeypatch, [Deliver(3), fault])
    assert len(items) == 4
    assert items[-1].step.passages
    told = capsys.readouterr().err
    assert told.startswith("street.mp4: ")
    assert told.endswith("what came before was used\n")
    assert recording.closed == 1


def test_what_a_file_left_out_is_told_at_its_end(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    played(monkeypatch, [Deliver(3), End()], shortfall="street.mp4: ends after 3 s of 9 s")
    assert capsys.readouterr().err == "street.mp4: ends after 3 s of 9 s\n"


def test_a_whole_file_has_nothing_told(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    played(monkeypatch, [Deliver(3), End()])
    assert capsys.readouterr().err == ""


def test_a_share_of_a_file_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    items, recording = played(monkeypatch, [Deliver(100), End()], Excerpt(share=0.5), whole_s=2.0)
    assert items[-1].captured_s < 1.0
    assert len(items) == pytest.approx(10, abs=1)
    assert recording.closed == 1


def test_a_time_limit_ends_an_endless_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    items, _ = played(monkeypatch, [Deliver(10_000)], Excerpt(seconds=3))
    assert items[-1].captured_s < 3


@pytest.mark.parametrize(
    ("excerpt", "at_s", "length_s", "ends"),
    [
        (Excerpt(), 1e9, 1.0, False),
        (Excerpt(0.5), 4.9, 10.0, False),
        (Excerpt(0.5), 5.0, 10.0, True),
        (Excerpt(0.5), 1e9, 0.0, False),
        (Excerpt(seconds=60), 59.9, 0.0, False),
        (Excerpt(seconds=60), 60.0, 0.0, True),
    ],
)
def test_an_excerpt_ends_where_it_says(excerpt: Excerpt, at_s: float, length_s: float, ends: bool) -> None:
    assert excerpt.ends(at_s, length_s) == ends


@pytest.mark.parametrize(
    ("source", "wanted"),
    [("v4l2:/dev/video0", 1), ("rtsp://10.0.0.5/main", 1), ("csi:0", 1), ("street.mp4", 0), ("test:", 0)],
)
def test_whoever_plays_a_camera_leaves_no_core_with_frames(
    monkeypatch: pytest.MonkeyPatch, source: str, wanted: int
) -> None:
    """As `booth run` does: `booth zones` and `booth learn` stand before the same street."""
    forbidden: list[bool] = []
    monkeypatch.setattr("appliance.verbs.playback.forbid_dumps", lambda: forbidden.append(True))
    monkeypatch.setattr(
        "appliance.verbs.playback.open_camera",
        lambda *_, live: Recording(FakeClock(0.0), [Deliver(1 + len(forbidden)), End()]),
    )
    monkeypatch.setattr("appliance.verbs.playback.make_pipeline", lambda *_: FakePipeline())
    frames = list(play(Settings.model_validate({"camera": {"source": source}}), EYES, None))
    assert len(forbidden) == wanted
    assert len(frames) == 2 + wanted, "before the camera is opened"
