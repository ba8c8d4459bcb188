#!/usr/bin/env python3
"""NVIDIA's partition layout for two systems on an SSD goes in; the same with a partition for a booth's data comes out.

usage: layout.py NVIDIA.xml OUT.xml DATA_BYTES ROOT_BYTES. Python 3.8 of a technician's laptop suffices.
"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

NAME = "booth-data"
SECTOR_BYTES = 512
# What NVIDIA's tools put for EXT_NUM_SECTORS and RECSIZE in r36 and r39; the partition grows to the SSD's end later.
NOMINAL_BYTES = 57 * 1024**3
RECOVERY_BYTES = 80 * 1024**2
# Bit 0x800: grow to the end of the device. One partition may have it, the last one.
GROW = 0x800
NOT_IN_THE_TABLE = {"protective_master_boot_record", "primary_gpt", "secondary_gpt"}


class LayoutRefused(Exception):
    """The layout is not what this was written for; the message says what differs."""


def child(parent: ET.Element, tag: str, text: str) -> None:
    """Append `<tag> text </tag>`, with the blanks that NVIDIA writes."""
    ET.SubElement(parent, tag).text = f" {text} "


def word(partition: ET.Element, tag: str) -> str:
    """What stands in a child, without blanks; empty when it is not there."""
    return (partition.findtext(tag) or "").strip()


def external(layout: ET.Element) -> ET.Element:
    """The one device of the layout, which must be the external one with 512-byte sectors."""
    devices = layout.findall("device")
    if layout.tag != "partition_layout" or len(devices) != 1 or devices[0].get("type") != "external":
        raise LayoutRefused("it does not describe one external device")
    if devices[0].get("sector_size") != str(SECTOR_BYTES):
        raise LayoutRefused(f"its sectors are of {devices[0].get('sector_size')} bytes, not {SECTOR_BYTES}")
    return devices[0]


def check(partitions: "list[ET.Element]") -> None:
    """Refuse a layout without two systems, without an end, or with the booth's partition in it already."""
    names = [partition.get("name") for partition in partitions]
    if NAME in names:
        raise LayoutRefused(f"it has a partition {NAME} already")
    for needed in ("APP", "APP_b", "UDA"):
        if needed not in names:
            raise LayoutRefused(f"it has no partition {needed}")
    if not partitions or partitions[-1].get("type") != "secondary_gpt":
        raise LayoutRefused("its last partition is not the secondary_gpt")
    if len(set(names)) != len(names):
        raise LayoutRefused("two partitions have the same name")


def size_bytes(partition: ET.Element, root_bytes: int) -> int:
    """How much a partition takes, with NVIDIA's placeholders put in."""
    if partition.get("type") == "secondary_gpt":
        return 33 * SECTOR_BYTES
    size = word(partition, "size")
    placeholders = {"APPSIZE": root_bytes, "RECSIZE": RECOVERY_BYTES}
    try:
        return placeholders.get(size) or int(size, 0)
    except ValueError:
        raise LayoutRefused(f"{partition.get('name')} has a size of {size}") from None


def next_id(partitions: "list[ET.Element]") -> int:
    """The first number in the table that no partition has, named or by its place."""
    taken = [int(partition.get("id", "0")) for partition in partitions]
    listed = sum(partition.get("type") not in NOT_IN_THE_TABLE for partition in partitions)
    return max(listed, *taken) + 1


def data_partition(number: int, data_bytes: int) -> ET.Element:
    """The booth's own partition; UDA stays as it is, NVIDIA's updates use it."""
    made = ET.Element("partition", {"name": NAME, "id": str(number), "type": "data"})
    child(made, "allocation_policy", "sequential")
    child(made, "filesystem_type", "basic")
    child(made, "size", str(data_bytes))
    child(made, "file_system_attribute", "0")
    child(made, "allocation_attribute", hex(GROW | 8))
    child(made, "align_boundary", "16384")
    child(made, "percent_reserved", "0")
    child(made, "filename", f"{NAME}.img")
    return made


def stop_growth(partitions: "list[ET.Element]") -> None:
    """Nothing but the booth's partition grows."""
    for partition in partitions:
        attribute = partition.find("allocation_attribute")
        if attribute is not None and int(word(partition, "allocation_attribute"), 0) & GROW:
            attribute.text = f" {hex(int(word(partition, 'allocation_attribute'), 0) & ~GROW)} "


def with_data(layout: ET.Element, data_bytes: int, root_bytes: int) -> ET.Element:
    """Change the layout in place and return it; raises LayoutRefused."""
    device = external(layout)
    partitions = device.findall("partition")
    check(partitions)
    total = sum(size_bytes(partition, root_bytes) for partition in partitions) + data_bytes
    if total > NOMINAL_BYTES:
        raise LayoutRefused(
            f"{total} bytes do not fit into the {NOMINAL_BYTES} of NVIDIA's layout; choose --root-gib smaller"
        )
    stop_growth(partitions)
    made = data_partition(next_id(partitions), data_bytes)
    device.insert(list(device).index(partitions[-1]), made)
    ET.indent(layout) if hasattr(ET, "indent") else None
    return layout


def main(arguments: "list[str]") -> int:
    """Exit status 0 done, 1 refused, 2 wrong use."""
    if len(arguments) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    source, target = Path(arguments[0]), Path(arguments[1])
    try:
        layout = with_data(ET.parse(source).getroot(), int(arguments[2]), int(arguments[3]))
    except (LayoutRefused, ET.ParseError, OSError) as why:
        print(f"{source.name}: {why}", file=sys.stderr)
        return 1
    ET.ElementTree(layout).write(target, encoding="utf-8", xml_declaration=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
