"""Converting: made once, re-made when damaged or out of date, half-made files never used."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from appliance.errors import BoothError
from engines.cache import Cache
from engines.convert import convert_model
from engines.layouts import Layout
from engines.manifest import is_ready, model_path, recipe_for
from engines.recipe import MadeFile, read_recipe, recipe_path, recipe_text
from tests.engines.builders import FakeConverter, converted_bytes, model, sha256

SMALL, LARGE = (64, 32), (96, 64)
LAYOUTS: tuple[Layout, ...] = ("packed", "planar")


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "booth")


def test_every_size_is_made_in_one_run(cache: Cache) -> None:
    converter = FakeConverter()
    assert convert_model(cache, model(), converter)
    assert converter.runs == [[SMALL, LARGE]]
    assert all(is_ready(cache, model(), size) for size in (SMALL, LARGE, None))
    assert model_path(cache, model()).read_bytes() == converted_bytes(SMALL)


def test_nothing_is_made_twice(cache: Cache) -> None:
    converter = FakeConverter()
    convert_model(cache, model(), converter)
    assert not convert_model(cache, model(), converter)
    assert len(converter.runs) == 1


@pytest.mark.parametrize("damage", [b"", b"onnx of 96x6", b"onnx of 96x64 "])
def test_a_damaged_file_alone_is_made_again(cache: Cache, damage: bytes) -> None:
    converter = FakeConverter()
    convert_model(cache, model(), converter)
    model_path(cache, model(), LARGE).write_bytes(damage)
    assert not is_ready(cache, model(), LARGE)
    assert convert_model(cache, model(), converter)
    assert converter.runs[1:] == [[LARGE]]
    assert is_ready(cache, model(), LARGE)


def test_the_known_file_needs_no_sidecar(cache: Cache) -> None:
    convert_model(cache, model(), FakeConverter())
    recipe_path(model_path(cache, model())).unlink()
    assert is_ready(cache, model())


def test_other_bytes_than_the_known_ones_are_said_and_used(
    cache: Cache, capsys: pytest.CaptureFixture[str]
) -> None:
    converter = FakeConverter(suffix=b" of another processor")
    assert convert_model(cache, model(), converter)
    assert "is not the known" in capsys.readouterr().out
    assert not convert_model(cache, model(), converter)


@pytest.mark.parametrize("text", ["", "{}", "[]", "{", '{"inputs": 3}'])
def test_other_bytes_with_a_broken_sidecar_are_made_again(cache: Cache, text: str) -> None:
    convert_model(cache, model(), FakeConverter(suffix=b"x"))
    recipe_path(model_path(cache, model())).write_text(text)
    assert read_recipe(model_path(cache, model())) is None
    assert convert_model(cache, model(), FakeConverter(suffix=b"x"))


def test_other_bytes_from_another_recipe_are_made_again(cache: Cache) -> None:
    convert_model(cache, model(), FakeConverter(suffix=b"x"))
    path = model_path(cache, model())
    recipe = recipe_for(model())
    old = MadeFile(replace(recipe, packages=("onnx==1.0",)), sha256(b"x"))
    recipe_path(path).write_text(recipe_text(old))
    assert not is_ready(cache, model())


def test_sidecars_read_back_as_written(tmp_path: Path) -> None:
    made = MadeFile(recipe_for(model()), sha256(b""))
    recipe_path(tmp_path / "net.onnx").write_text(recipe_text(made))
    assert read_recipe(tmp_path / "net.onnx") == made


def test_planar_files_are_made_when_asked_for_and_lie_beside_the_packed_ones(cache: Cache) -> None:
    converter = FakeConverter()
    convert_model(cache, model(), converter)
    assert not is_ready(cache, model(), SMALL, "planar")
    assert convert_model(cache, model(), converter, "planar", [SMALL])
    assert converter.runs[1:] == [[SMALL]]
    assert is_ready(cache, model(), SMALL, "planar")
    assert not is_ready(cache, model(), LARGE, "planar")
    assert is_ready(cache, model(), SMALL)
    assert not convert_model(cache, model(), converter, "planar", [SMALL])


def test_a_packed_file_of_another_converter_is_no_planar_one(cache: Cache) -> None:
    convert_model(cache, model(), FakeConverter(suffix=b"x"))
    packed, planar = (model_path(cache, model(), SMALL, layout) for layout in LAYOUTS)
    planar.write_bytes(packed.read_bytes())
    recipe_path(planar).write_text(recipe_path(packed).read_text())
    assert not is_ready(cache, model(), SMALL, "planar")


def test_a_network_without_a_planar_variant_says_so(cache: Cache) -> None:
    with pytest.raises(BoothError, match=r"net has no planar variant; .*models\.yaml"):
        convert_model(cache, model(converter="none"), FakeConverter(), "planar")


def test_a_converter_that_fails_changes_nothing(cache: Cache) -> None:
    converter = FakeConverter()
    converter.failure = BoothError("out of memory")
    with pytest.raises(BoothError, match="out of memory"):
        convert_model(cache, model(), converter)
    assert not [path for path in cache.root.rglob("*") if path.is_file()]


def test_weights_that_are_onnx_need_no_converter(cache: Cache) -> None:
    converter = FakeConverter()
    assert not convert_model(cache, model(converter="none"), converter)
    assert not converter.runs
