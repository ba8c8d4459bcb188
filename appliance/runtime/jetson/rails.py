"""What a Jetson draws: the power chips of hwmon in, watts out."""

from __future__ import annotations

from pathlib import Path

from appliance.runtime.readings import read_line, read_number

CHIPS = ("ina3221", "ina238")
"TI's power monitors on Orin and Thor, by the name of their hwmon device; numbers of devices change from boot to boot."
WHOLE = ("VDD_IN", "VIN")
"Rails that feed all others: Orin Nano and NX have the first; the second is that of Thor's ina238 [K]."
WITHIN = ("VDDQ_VDD2_1V8AO", "NC")
"Of AGX Orin: measured within VIN_SYS_5V0 as well; and a channel that is not connected."
CHANNELS = range(1, 4)
"Of three inputs each. Channels 4 to 7 are voltages at shunts and their sum, which are no rails."


def power_w(root: Path) -> float | None:
    """Watts of the module: its input rail, or where no chip measures that, all rails together; None without any.

    AGX Orin and Thor have no input rail among those of their ina3221, so theirs is the sum [K].
    """
    rails = rails_w(root)
    for name in WHOLE:
        if name in rails:
            return rails[name]
    parts = [watts for name, watts in rails.items() if name not in WITHIN]
    return sum(parts) if parts else None


def rails_w(root: Path) -> dict[str, float]:
    """Rail -> watts now, of every chip that answers."""
    rails = {}
    for chip in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        name = read_line(chip / "name")
        for channel in CHANNELS if name in CHIPS else ():
            label = read_line(chip / f"in{channel}_label") or ("VIN" if name == "ina238" else "")
            watts = channel_w(chip, channel)
            if label and watts is not None:
                rails[label] = watts
    return rails


def channel_w(chip: Path, channel: int) -> float | None:
    """Watts of one channel (kernel's hwmon sysfs-interface: microwatts, or millivolts times milliamperes)."""
    microwatts = read_number(chip / f"power{channel}_input")
    if microwatts is None:
        millivolts, milliamperes = (read_number(chip / f"{kind}{channel}_input") for kind in ("in", "curr"))
        if millivolts is None or milliamperes is None:
            return None
        microwatts = millivolts * milliamperes
    return microwatts / 1e6 if microwatts >= 0 else None
