"""Sticks for many booths: a table of a city team in, one wish for each row out."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from appliance.errors import BoothError
from appliance.provision.making import Wish, manifest_from_wish
from appliance.provision.manifest import first_fault
from appliance.provision.network import Fixed

COLUMNS = ("booth", "serial", "address", "gateway", "dns")
"Only the first must be there; dns are parted by blanks."
MOST_ROWS = 1000


def wishes_from_table(table: Path, common: Wish, now: datetime) -> Iterator[Wish]:
    """One for each row, in its order, that can be made. Raises BoothError naming the table's line."""
    try:
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            check_columns(table, rows.fieldnames or ())
            yield from rows_to_wishes(table, rows, common, now)
    except OSError as error:
        raise BoothError(f"{table}: {error.strerror}; name a table in CSV") from None
    except (UnicodeDecodeError, csv.Error):
        raise BoothError(f"{table}: no table in CSV; save it as comma-separated UTF-8") from None


def rows_to_wishes(table: Path, rows: csv.DictReader[str], common: Wish, now: datetime) -> Iterator[Wish]:
    """Raises BoothError for a booth that is there twice, and for too many."""
    seen: set[str] = set()
    given = list(islice(rows, MOST_ROWS + 1))
    if len(given) > MOST_ROWS:
        raise BoothError(f"{table}: more than {MOST_ROWS} booths; part the table")
    for number, row in enumerate(given, start=2):
        wish = wish_from_row(f"{table}:{number}", row, common)
        try:
            manifest_from_wish(wish, now)
        except BoothError as error:
            raise BoothError(f"{table}:{number}: {error}") from None
        if wish.booth in seen:
            raise BoothError(f"{table}:{number}: {wish.booth} is there twice; one name, one booth")
        seen.add(wish.booth)
        yield wish
    if not seen:
        raise BoothError(f"{table}: no booths; write one in each line, below {','.join(COLUMNS)}")


def check_columns(table: Path, given: Collection[str]) -> None:
    """Raises BoothError for a column that nobody reads."""
    if not set(given) <= set(COLUMNS) or "booth" not in given:
        raise BoothError(f"{table}:1: columns are {','.join(COLUMNS)}; mend its first line")


def wish_from_row(where: str, row: Mapping[str | None, str | None], common: Wish) -> Wish:
    """`common` with what the row says. Raises BoothError naming `where`."""
    cells = {name: (row.get(name) or "").strip() for name in COLUMNS}
    if row.get(None):
        raise BoothError(f"{where}: more cells than columns; part by commas, and dns by blanks")
    if not cells["address"] and (cells["gateway"] or cells["dns"]):
        raise BoothError(f"{where}: gateway or dns without an address; write 192.168.7.20/24, or neither")
    network = common.network
    if cells["address"]:
        network = network.model_copy(update={"fixed": fixed_from_words(where, cells)})
    return replace(common, booth=cells["booth"], serial=cells["serial"] or common.serial, network=network)


def fixed_from_words(where: str, words: Mapping[str, str]) -> Fixed:
    """Address, gateway and dns as people write them. Raises BoothError naming `where`."""
    values = {"address": words["address"], "gateway": words["gateway"], "dns": words["dns"].split()}
    try:
        return Fixed.model_validate(values, strict=False)
    except ValidationError as error:
        raise BoothError(
            f"{where}: {first_fault(error)}; write 192.168.7.20/24, its gateway and dns"
        ) from None
