"""The field glass: views while a technician is there, four a second at the most, and nothing kept of any session."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.app import Eyes
from appliance.display.view import MOST_FOCUS, MOST_PEOPLE, MOST_RATE, View
from appliance.display.views import ViewReader
from appliance.health.field import RENEW_S, end_session, renew_session
from appliance.records import FloatArray, Frame
from appliance.runtime.cpu.image import CpuImageOps
from appliance.verbs.field_glass import FieldGlass, view_of
from appliance.vision.aim import Aim
from appliance.vision.pipeline import Step
from tests.streets import boxes, frame, tracks
from tests.vision.empty_street import noisy, street

NOBODY = boxes()


class Glancing(CpuImageOps):
    """Counts what is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.glances = 0
        self.crops = 0

    def glance(self, frame: Frame, width: int, height: int) -> NDArray[np.uint8]:
        self.glances += 1
        return super().glance(frame, width, height)

    def crop(self, frame: Frame, boxes: FloatArray, width: int, height: int) -> NDArray[np.uint8]:
        self.crops += 1
        return super().crop(frame, boxes, width, height)


class Field:
    """A street of ten frames a second, a page that reads, and the glass between them."""

    def __init__(self, runtime: Path) -> None:
        self.runtime = runtime
        self.now_s = 1000.0
        self.image = Glancing()
        self.page = ViewReader(runtime)
        self.glass = FieldGlass(runtime, cast(Eyes, SimpleNamespace(image=self.image)))
        self.views: list[View] = []
        self._seeds = itertools.count()

    def look(self, seconds: float, people: FloatArray = NOBODY, **step: Any) -> list[View]:
        """Views of the next so many seconds."""
        seen = []
        for _ in range(round(seconds * 10)):
            self.now_s += 0.1
            pixels = np.kron(noisy(street(), np.random.default_rng(next(self._seeds)), 1.0), np.ones((2, 2)))
            shown = frame(np.repeat(pixels.astype(np.uint8)[..., None], 3, axis=2), self.now_s)
            covered = step.get("covered", people)
            self.glass.show(
                shown, Step(tracks({}), [], [], "ok", 0, shown=people, covered=covered), 9.9, self.now_s
            )
            view = self.page.read(self.now_s)
            seen += [view] if view is not None else []
        return seen

    def renew(self, take: int = 0) -> None:
        renew_session(self.runtime, self.now_s, take)


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Field]:
    one = Field(tmp_path)
    yield one
    one.glass.close()
    one.page.close()


def test_without_a_session_nothing_is_looked_at_and_nothing_is_sent(field: Field) -> None:
    assert field.look(5) == []
    assert (field.image.glances, field.image.crops) == (0, 0)


def test_with_a_session_there_are_four_views_a_second_at_most(field: Field) -> None:
    field.renew()
    views = field.look(8)
    assert 20 <= len(views) <= 32
    assert field.image.glances == len(views)
    gaps = [later.at_s - earlier.at_s for earlier, later in itertools.pairwise(views)]
    assert min(gaps) >= 0.249


def test_a_view_tells_what_is_seen(field: Field) -> None:
    field.renew()
    field.look(12)
    field.renew()
    view = field.look(2, boxes((0, 0, 38.4, 108)))[-1]
    assert (view.width, view.height, view.frames_per_second) == (384, 216, 9.9)
    assert view.people == ((0, 0, 0.1, 0.5),)
    assert view.focus[0] is None
    assert view.focus[8] is not None
    assert view.in_focus == pytest.approx(1, abs=0.1)
    assert (view.drawing.width, view.drawing.height) == (192, 108)
    assert view.seen == 1
    assert any(view.drawing.lines)
    assert not view.moving


def test_the_end_of_a_session_is_the_end_of_views_and_of_all_that_was_known(field: Field) -> None:
    field.renew()
    assert field.look(14)[-1].seen == 1
    end_session(field.runtime)
    assert len(field.look(5)) <= 4
    assert field.glass._aim is None
    field.renew()
    assert field.look(5)[-1].seen == 0


def test_a_session_that_nobody_renews_ends_by_itself(field: Field) -> None:
    field.renew()
    views = field.look(RENEW_S + 10)
    assert views[-1].at_s < 1000 + RENEW_S + 1.2
    glances = field.image.glances
    field.look(5)
    assert field.image.glances == glances


def test_a_session_is_looked_for_even_when_no_frame_comes(field: Field) -> None:
    field.renew()
    field.look(3)
    assert field.glass._aim is not None
    field.glass.tend(field.now_s + RENEW_S)
    assert field.glass._aim is None


def test_a_new_take_begins_the_drawing_anew(field: Field) -> None:
    field.renew()
    assert field.look(14)[-1].seen == 1
    field.renew(take=1)
    assert field.look(3)[-1].seen == 0
    field.renew(take=1)
    assert field.look(12)[-1].seen == 1


def test_a_pause_forgets_the_street(field: Field) -> None:
    field.renew()
    field.look(14)
    field.glass.forget()
    field.renew()
    assert field.look(3)[-1].seen == 0


def test_a_crowd_is_told_in_part(field: Field) -> None:
    field.renew()
    crowd = np.tile(np.array([[1.0, 2, 30, 60]], np.float32), (MOST_PEOPLE + 9, 1))
    assert len(field.look(2, crowd)[-1].people) == MOST_PEOPLE


def test_whoever_may_be_there_hides_the_street_though_nobody_is_shown(field: Field) -> None:
    field.renew()
    view = field.look(14, NOBODY, covered=boxes((100, 50, 200, 150)))[-1]
    assert view.people == ()
    assert 0 < view.seen < 0.9


def test_a_burst_of_frames_and_a_chequerboard_end_no_vision(tmp_path: Path) -> None:
    rows, columns = np.indices((216, 384)) // 2 % 2
    picture = np.where((rows + columns) % 2, np.uint8(255), np.uint8(0))
    shown = frame(np.repeat(picture[..., None], 3, axis=2), 1.0)
    sight = Aim(CpuImageOps(), shown).look(shown, NOBODY, NOBODY, 1.0)
    assert max(one or 0 for one in sight.focus) > MOST_FOCUS
    view = view_of(sight, shown, 2000.0, 1.0)
    assert (view.frames_per_second, max(one or 0 for one in view.focus)) == (MOST_RATE, MOST_FOCUS)
