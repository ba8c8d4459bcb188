"""The exported table: every cell once, in order, the same in both forms."""

from __future__ import annotations

import csv
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from appliance.analysis.rows import COLUMNS
from tests.analysis.builders import history, message, plain_street, write
from tests.command import booth

STREET = plain_street()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    moved = {"table": "upper-colour", "label": "green", "change": 0.01, "low": 0.002, "high": 0.02}
    gone = {**moved, "label": "purple", "change": -0.02, "low": -0.03, "high": -0.01}
    movers = {"days": 28, "tested": 20, "cells": [moved, gone]}
    last = message("new-york", "a", 3, STREET, movers=movers, novelty=None)
    messages = [last, *history("new-york", "a", 3, plain_street), *history("madrid", "b", 2, plain_street)]
    return write(tmp_path / "releases", messages)


def export(folder: Path, out: Path) -> list[dict[str, Any]]:
    done = booth("trends", "export", folder, "--out", out)
    assert done.code == 0, done.err
    if out.suffix == ".parquet":
        rows: list[dict[str, Any]] = pq.read_table(out).to_pylist()
        return rows
    with out.open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


def test_every_cell_of_every_release_has_a_row(folder: Path, tmp_path: Path) -> None:
    rows = export(folder, tmp_path / "out.csv")
    cells = {(row["city"], row["booth"], row["day"], row["table"], row["label"]) for row in rows}
    assert len(cells) == len(rows)
    told = json.loads((folder / "madrid" / "b" / "2026-03-01.json").read_text(encoding="utf-8"))
    ours = [row for row in rows if row["id"] == told["id"]]
    assert [float(row["share"]) for row in ours] == [
        cell["share"] for table in told["tables"] for cell in table["cells"]
    ]
    assert {row["epsilon"] for row in rows} == {"1.0"}


def test_movers_stand_beside_their_cell_and_those_no_longer_told_alone(folder: Path, tmp_path: Path) -> None:
    rows = [row for row in export(folder, tmp_path / "out.csv") if row["change"]]
    assert [(row["label"], row["change"], bool(row["count"])) for row in rows] == [
        ("green", "0.01", True),
        ("purple", "-0.02", False),
    ]


def test_parquet_has_the_same_rows_with_types(folder: Path, tmp_path: Path) -> None:
    lines, rows = export(folder, tmp_path / "out.csv"), export(folder, tmp_path / "out.parquet")
    assert [{key: "" if value is None else str(value) for key, value in row.items()} for row in rows] == lines
    assert rows[0]["day"] == date(2026, 3, 1)
    schema = pq.read_schema(tmp_path / "out.parquet")
    assert schema.field("share").type == pa.float64()
    assert schema.field("share").metadata[b"description"]
    assert json.loads(schema.metadata[b"formulas"])[0]["share"]


def test_what_columns_mean_lies_beside_the_csv(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "out.csv")
    about = json.loads((tmp_path / "out.csv-metadata.json").read_text(encoding="ascii"))
    assert [column["name"] for column in about["tableSchema"]["columns"]] == [
        column.name for column in COLUMNS
    ]
    assert about["url"] == "out.csv"
    assert "interval" in about["notes"][0]["formulas"]


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_equal_releases_give_equal_bytes_whatever_files_they_came_in(
    name: str, folder: Path, tmp_path: Path
) -> None:
    export(folder, tmp_path / f"1-{name}")
    files = sorted(folder.rglob("*.json"), reverse=True)
    joined = tmp_path / "joined.jsonl"
    joined.write_text("".join(f"{file.read_text(encoding='utf-8')}\n" for file in files), encoding="utf-8")
    export(joined, tmp_path / f"2-{name}")
    assert (tmp_path / f"1-{name}").read_bytes() == (tmp_path / f"2-{name}").read_bytes()


def test_a_table_that_tells_no_cell_still_says_how_many_it_suppressed(tmp_path: Path) -> None:
    write(tmp_path / "in", [message("madrid", "b", 0, {"pattern": {"plain": 0.0001, "striped": 0.0001}})])
    (row,) = export(tmp_path / "in", tmp_path / "out.csv")
    assert (row["label"], row["suppressed"]) == ("", "2")


def test_a_name_that_says_no_form_is_refused_in_one_line(folder: Path, tmp_path: Path) -> None:
    done = booth("trends", "export", folder, "--out", tmp_path / "out.xlsx")
    assert done.code == 1
    assert done.err.count("\n") == 1
    assert "--format" in done.err


def test_a_folder_that_refuses_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = booth("trends", "export", folder, "--out", tmp_path / "file" / "out.csv")
    assert done.code == 1
    assert str(tmp_path / "file") in done.err


def test_a_missing_library_is_one_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = booth("trends", "export", folder, "--out", tmp_path / "out.parquet")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "pyarrow" in done.err
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = booth("trends", "report", folder, "--out", tmp_path / "out.html")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "matplotlib" in done.err
