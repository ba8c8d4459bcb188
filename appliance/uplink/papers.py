"""The contract as papers: the files of contract/ go in; a schema, one whole AsyncAPI document or copies come out."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from appliance.errors import BoothError

KINDS = ("exception", "trend", "status", "health", "desired", "reported", "command", "reply")
"Messages that have a schema, as `kind/version`; their topics stand in the document."
DOCUMENT = "asyncapi.yaml"
FILES = (DOCUMENT, *(f"{kind}.json" for kind in KINDS))


def read_paper(name: str) -> str:
    """Text of one of FILES, as it was written."""
    return resources.files("appliance.uplink").joinpath(f"contract/{name}").read_text(encoding="utf-8")


def read_schema(kind: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one of KINDS."""
    schema: dict[str, Any] = json.loads(read_paper(f"{kind}.json"))
    return schema


def whole_document() -> dict[str, Any]:
    """AsyncAPI 3.0 with every schema under components.schemas, so that it refers to nothing outside itself."""
    schemas = {kind: read_schema(kind) for kind in KINDS}
    document: dict[str, Any] = _bundled(yaml.safe_load(read_paper(DOCUMENT)), schemas)
    for schema in schemas.values():
        # AsyncAPI has a dialect of its own; what the schemas use is the same there and in 2020-12.
        del schema["$schema"]
    document["components"]["schemas"] = schemas
    return document


def text_from_document(document: dict[str, Any], *, as_json: bool) -> str:
    """YAML, long texts as blocks, or JSON; ends with a line break."""
    if as_json:
        return json.dumps(document, indent=2) + "\n"
    return yaml.dump(document, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=110)


def copy_papers(folder: Path) -> list[Path]:
    """Write all FILES as they are into `folder`; their paths. Raises BoothError where that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (folder / name).write_text(read_paper(name), encoding="utf-8")
    except OSError as error:
        raise BoothError(f"{folder}: {error.strerror}; name a folder that can be written") from None
    return [folder / name for name in FILES]


def _bundled(node: Any, schemas: dict[str, dict[str, Any]]) -> Any:
    """`node` with references to schema files turned inwards, and those to their examples replaced by them."""
    if isinstance(node, list):
        return [_bundled(item, schemas) for item in node]
    if not isinstance(node, dict):
        return node
    file, _, place = str(node.get("$ref", "")).partition("#")
    if not file:
        return {key: _bundled(value, schemas) for key, value in node.items()}
    kind = file.removesuffix(".json")
    if not place:
        return {"$ref": f"#/components/schemas/{kind}"}
    return schemas[kind]["examples"][int(place.removeprefix("/examples/"))]


class _Readable(yaml.SafeDumper):
    """Texts of several lines as blocks, and no anchors for what occurs twice."""

    def represent_scalar(self, tag: str, value: Any, style: str | None = None) -> yaml.ScalarNode:
        block = isinstance(value, str) and "\n" in value
        return super().represent_scalar(tag, value, "|" if block else style)

    def ignore_aliases(self, _data: object) -> bool:
        return True
