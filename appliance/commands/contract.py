"""The command about the contract: print or copy what a backend needs to know."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from appliance.commands.options import AsJson, file_option

app = typer.Typer()


class Kind(str, Enum):
    """The messages that have a schema."""

    EXCEPTION = "exception"
    TREND = "trend"
    STATUS = "status"
    HEALTH = "health"
    DESIRED = "desired"
    REPORTED = "reported"
    COMMAND = "command"
    REPLY = "reply"


@app.command()
def contract(
    kind: Annotated[Kind | None, typer.Argument(help="One JSON Schema; the whole document without.")] = None,
    folder: Annotated[
        Path | None, file_option("--folder", help="Write the document and all schemas there instead.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print what a booth says and hears: AsyncAPI 3 with its schemas, as YAML unless --json."""
    from appliance.uplink.papers import copy_papers, read_paper, text_from_document, whole_document

    if folder:
        for file in copy_papers(folder):
            print(file)
    elif kind:
        print(read_paper(f"{kind.value}.json"), end="")
    else:
        print(text_from_document(whole_document(), as_json=as_json), end="")
