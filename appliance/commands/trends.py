"""What analysts do with the daily releases of booths, and what a booth tells of its own: trends."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Daily releases: what streets wear, with nobody in it.")

Releases = Annotated[
    list[Path],
    typer.Argument(help="Files of releases, folders of them, or messages that mosquitto_sub wrote down."),
]


class Format(str, Enum):
    """What tables are written as."""

    CSV = "csv"
    PARQUET = "parquet"


@app.command()
def export(
    sources: Releases,
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    form: Annotated[
        Format | None, typer.Option("--format", help="By the file's name without: .csv or .parquet.")
    ] = None,
) -> None:
    """Write releases as one table: a row per booth, day, table and cell."""
    from appliance.analysis.export import export_releases

    print(export_releases(sources, out, form.value if form else None))


@app.command()
def report(
    sources: Releases,
    out: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("trends.html"),
) -> None:
    """Draw releases of one or more cities as one page that needs nothing but itself."""
    from appliance.analysis.report import report_releases

    print(report_releases(sources, out))
