"""The commands about networks: fetch, convert, build, verify, list."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from appliance.commands.options import AsJson, Config, settings_of

app = typer.Typer(no_args_is_help=True, help="Networks: bring them, make them fast, say what runs and why.")

Source = Annotated[
    str | None,
    typer.Argument(help="What to try them on: a video, rtsp:// or v4l2:...; the sample street without."),
]
Name = Annotated[
    str | None, typer.Argument(help="A network of engines/models.yaml; all that the booth needs without.")
]


class Layout(str, Enum):
    """How a network takes its picture."""

    PACKED = "packed"
    PLANAR = "planar"


@app.callback()
def give_up_rights() -> None:
    """Root gives up more rights than those of whom the cache is."""
    from engines.cache import default_cache
    from engines.owner import become_owner

    become_owner(default_cache().root)


@app.command()
def fetch(name: Name = None) -> None:
    """Bring networks, or one that the set-up leaves out."""
    from engines.cache import default_cache
    from engines.entries import read_manifest
    from engines.setup import fetch_model, set_up

    if name is None:
        set_up(default_cache(), read_manifest())
    else:
        fetch_model(default_cache(), read_manifest(), name)


@app.command()
def convert(
    name: Name = None,
    layout: Annotated[
        Layout, typer.Option("--layout", help="packed for the CPU, planar for TensorRT.")
    ] = Layout.PACKED,
) -> None:
    """Make the ONNX files of networks at all their sizes."""
    from engines.cache import default_cache
    from engines.entries import read_manifest
    from engines.setup import convert_networks

    convert_networks(default_cache(), read_manifest(), name, layout.value)


@app.command()
def build(source: Source = None, as_json: AsJson = False, config: Config = None) -> None:
    """Make what this machine may run faster, compare and measure it, and let it run if it is as good."""
    from appliance.verbs.engines import build_engines
    from engines.cache import default_cache

    raise typer.Exit(build_engines(default_cache(), settings_of(config), source, as_json=as_json))


@app.command()
def verify(source: Source = None, as_json: AsJson = False, config: Config = None) -> None:
    """Compare what runs with the float32 networks again."""
    from appliance.verbs.engines import verify_engines
    from engines.cache import default_cache

    raise typer.Exit(verify_engines(default_cache(), settings_of(config), source, as_json=as_json))


@app.command("list")
def list_all(as_json: AsJson = False) -> None:
    """Say what there is at every size, what runs, and why the rest does not."""
    from appliance.verbs.engines import list_engines
    from engines.cache import default_cache
    from engines.entries import read_manifest

    list_engines(default_cache(), read_manifest(), as_json=as_json)
