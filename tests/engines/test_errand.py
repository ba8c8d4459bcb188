"""A converter's errand: sizes and paths come out as they were put in."""

from __future__ import annotations

from pathlib import Path

import pytest

from engines.errand import read_errand


def test_an_errand_names_weights_layout_and_files(monkeypatch: pytest.MonkeyPatch) -> None:
    line = ["surgery", "a.model", "b.params", "--layout=planar", "--make=640x384=/x/y=z", "--make", "4x8=w"]
    monkeypatch.setattr("sys.argv", line)
    errand = read_errand(files=2)
    assert errand.weights == (Path("a.model"), Path("b.params"))
    assert errand.layout == "planar"
    assert errand.made == ((640, 384, Path("/x/y=z")), (4, 8, Path("w")))


def test_without_a_word_the_layout_is_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["surgery", "a.model", "--make=4x8=w"])
    assert read_errand().layout == "packed"


@pytest.mark.parametrize("line", [["a", "--make=4x8=w", "--layout=round"], ["a"], ["--make=4x8=w"]])
def test_half_an_errand_is_refused(monkeypatch: pytest.MonkeyPatch, line: list[str]) -> None:
    monkeypatch.setattr("sys.argv", ["surgery", *line])
    with pytest.raises(SystemExit):
        read_errand()
