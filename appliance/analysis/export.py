"""The export: releases of booths go in; one tidy table as CSV or Parquet, with what its columns mean, comes out.

Equal releases give equal bytes, whatever files they came in. CSV has no place for what columns mean, so a second file
beside it says that, as the W3C's "Metadata Vocabulary for Tabular Data" names and writes it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from appliance.analysis.reading import read_releases
from appliance.analysis.release import Release
from appliance.analysis.rows import COLUMNS, rows_of
from appliance.disk import write_durably
from appliance.errors import BoothError

CURE = "name a file in a writable folder with --out"
DATATYPES = {"word": "string", "day": "date", "count": "integer", "figure": "number"}
TITLE = "What streets wear: daily releases of booths, a row for each cell"


def export_releases(sources: Sequence[Path], out: Path, form: str | None) -> str:
    """Write all releases of `sources` as `form`, or as the name of `out` says; what was written, in a line.

    Raises BoothError naming the file, or the library that is missing.
    """
    form = form or {".csv": "csv", ".parquet": "parquet"}.get(out.suffix)
    if form is None:
        raise BoothError(f"{out}: neither .csv nor .parquet; name the file so, or give --format")
    releases = read_releases(sources)
    if form == "csv":
        write_durably(Path(f"{out}-metadata.json"), metadata_of(releases, out.name), CURE)
    write_durably(out, csv_of(releases) if form == "csv" else parquet_of(releases), CURE)
    return f"{out}: {len(releases)} releases, {sum(1 for _ in rows_of(releases))} rows"


def csv_of(releases: Sequence[Release]) -> bytes:
    """By RFC 4180, with lines that end as Unix has them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.name for column in COLUMNS])
    writer.writerows(rows_of(releases))
    return text.getvalue().encode("ascii")


def metadata_of(releases: Sequence[Release], name: str) -> bytes:
    """What the columns of the CSV mean, and how its figures were made."""
    columns = [
        {"name": one.name, "titles": one.name, "datatype": DATATYPES[one.kind], "dc:description": one.meaning}
        for one in COLUMNS
    ]
    values = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": name,
        "dc:title": TITLE,
        "tableSchema": {"columns": columns},
        "notes": [{"formulas": formulas} for formulas in formulas_of(releases)],
    }
    return json.dumps(values, indent=2).encode("ascii") + b"\n"


def formulas_of(releases: Sequence[Release]) -> list[dict[str, str]]:
    """How the figures were made, as often as booths say it differently."""
    said = {
        json.dumps(one.formulas.model_dump(), sort_keys=True): one.formulas.model_dump() for one in releases
    }
    return [said[key] for key in sorted(said)]


def parquet_of(releases: Sequence[Release]) -> bytes:
    """With types, and in its own metadata what the columns mean. Raises BoothError where the library is missing."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise BoothError(
            "export to Parquet needs pyarrow: pip install 'booth[analysis]', or write .csv"
        ) from None
    kinds: dict[str, Any] = {
        "word": pa.dictionary(pa.int32(), pa.string()),
        "day": pa.date32(),
        "count": pa.int32(),
        "figure": pa.float64(),
    }
    fields = [pa.field(one.name, kinds[one.kind], metadata={"description": one.meaning}) for one in COLUMNS]
    about = {"title": TITLE, "formulas": json.dumps(formulas_of(releases))}
    columns = list(zip(*rows_of(releases), strict=True))
    table = pa.table(
        [pa.array(list(values), field.type) for values, field in zip(columns, fields, strict=True)],
        schema=pa.schema(fields, metadata=about),
    )
    out = pa.BufferOutputStream()
    parquet.write_table(table, out, compression="zstd")
    return bytes(out.getvalue())
