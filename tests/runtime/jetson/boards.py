"""Made-up trees of procfs, sysfs and /etc, as an Orin Nano Super, a Thor and an AGX Orin would fill them."""

from __future__ import annotations

from pathlib import Path

THERMAL, HWMON = "sys/class/thermal", "sys/class/hwmon"
CONF = """\
# Power models
< PARAM TYPE=FILE NAME=GPU >
MIN_FREQ /sys/devices/platform/17000000.gpu/devfreq_dev/min_freq
# < POWER_MODEL ID=2 NAME=NOT_THIS >
< POWER_MODEL ID=0 NAME=15W >
GPU MAX_FREQ 612000000
< POWER_MODEL ID=1 NAME=25W >
GPU MAX_FREQ 918000000
< POWER_MODEL ID=2 NAME=MAXN_SUPER >
GPU MAX_FREQ -1
< PM_CONFIG DEFAULT=1 >
"""


def grow(root: Path, files: dict[str, str]) -> Path:
    """Write files under `root`, path -> content."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


def zones(*zones: tuple[str, str]) -> dict[str, str]:
    """Thermal zones by type and reading."""
    return {
        f"{THERMAL}/thermal_zone{number}/{name}": f"{text}\n"
        for number, zone in enumerate(zones)
        for name, text in zip(("type", "temp"), zone, strict=True)
    }


def coolers(*coolers: tuple[str, int]) -> dict[str, str]:
    """Cooling devices by type and current state."""
    return {
        f"{THERMAL}/cooling_device{number}/{name}": f"{text}\n"
        for number, (kind, state) in enumerate(coolers)
        for name, text in (("type", kind), ("cur_state", state), ("max_state", 2))
    }


def chip(number: int, name: str, *rails: tuple[str, int, int]) -> dict[str, str]:
    """A power chip with rails by label, millivolts and milliamperes, and the shunt voltages that are no rails."""
    files = {"name": name, "in7_label": "sum of shunt voltages", "in7_input": "8080", "in4_input": "280"}
    for channel, (label, millivolts, milliamperes) in enumerate(rails, 1):
        files |= {f"in{channel}_label": label, f"in{channel}_input": str(millivolts)}
        files[f"curr{channel}_input"] = str(milliamperes)
    return {f"{HWMON}/hwmon{number}/{file}": f"{text}\n" for file, text in files.items()}


def orin_nano(root: Path) -> Path:
    """Orin Nano Super, JetPack 6.2, at work in its 25 W mode."""
    release = (
        "# R36 (release), REVISION: 4.3, GCID: 38968081, BOARD: generic, EABI: aarch64, DATE: Wed Jan  8\n"
    )
    gpu = "sys/class/devfreq/17000000.gpu"
    return grow(
        root,
        {
            "proc/meminfo": "MemTotal: 7802000 kB\nMemFree: 100 kB\nMemAvailable: 4096000 kB\n",
            "proc/device-tree/model": "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super\0",
            "etc/nv_tegra_release": f"{release}# KERNEL_VARIANT: oot\n",
            "etc/nvpmodel.conf": CONF,
            "var/lib/nvpmodel/status": "pmode:0001",
            f"{gpu}/cur_freq": "918000000\n",
            f"{gpu}/device/load": "734\n",
            "sys/class/devfreq/15480000.nvdec/cur_freq": "1\n",
            f"{HWMON}/hwmon0/name": "pwmfan\n",
            f"{HWMON}/hwmon0/in1_label": "VDD_IN\n",
            f"{HWMON}/hwmon3/name": "soctherm_oc\n",
            f"{HWMON}/hwmon3/oc1_event_cnt": "0\n",
            f"{HWMON}/hwmon3/oc2_event_cnt": "15\n",
            f"{HWMON}/hwmon3/oc3_event_cnt": "37\n",
            **zones(("cpu-thermal", "51187"), ("gpu-thermal", "49500"), ("tj-thermal", "52031")),
            **coolers(("pwm-fan", 3), ("cpu-throttle-alert", 0), ("gpu-throttle-alert", 1)),
            **chip(
                1, "ina3221", ("VDD_IN", 5080, 2000), ("VDD_CPU_GPU_CV", 5080, 900), ("VDD_SOC", 5080, 400)
            ),
        },
    )


def super_nano(root: Path) -> Path:
    """The same with nothing to complain about: cool, well fed, its devices there and swap on."""
    return grow(
        orin_nano(root),
        {
            "sys/devices/system/cpu/online": "0-5\n",
            "dev/dri/renderD128": "",
            "proc/swaps": "Filename Type Size Used Priority\n/dev/zram0 partition 3895872 0 5\n",
            **{f"{HWMON}/hwmon3/oc{number}_event_cnt": "0\n" for number in (1, 2, 3)},
            **coolers(("pwm-fan", 3), ("cpu-throttle-alert", 0), ("gpu-throttle-alert", 0)),
        },
    )


def thor(root: Path) -> Path:
    """AGX Thor, JetPack 7: no input rail, other names, a GPU that sleeps."""
    rails = (("VDD_GPU", 12000, 600), ("VDD_CPU_SOC_MSS", 12000, 1000), ("VIN_SYS_5V0", 5000, 1800))
    return grow(
        root,
        {
            "proc/device-tree/model": "NVIDIA Jetson AGX Thor Developer Kit\0",
            "etc/nv_tegra_release": "# R38 (release), REVISION: 2.2, GCID: 42205042\n",
            "sys/class/devfreq/gpu-gpc-0/cur_freq": "1575000000\n",
            "sys/class/devfreq/gpu-nvd-0/cur_freq": "900000000\n",
            **zones(("cpu-thermal", "58000"), ("gpu-thermal", "-256000"), ("soc012-thermal", "59500")),
            **coolers(("cpufreq-cpu0", 0), ("soc345-throttle-alert", 0), ("devfreq-gpu-gpc-0", 0)),
            **chip(5, "ina3221", *rails),
        },
    )


def agx_orin(root: Path) -> Path:
    """AGX Orin: two chips, one rail of which is measured twice."""
    first = chip(
        1, "ina3221", ("VDD_GPU_SOC", 19000, 200), ("VDD_CPU_CV", 19000, 100), ("VIN_SYS_5V0", 5000, 800)
    )
    return grow(root, first | chip(2, "ina3221", ("NC", 5000, 1), ("VDDQ_VDD2_1V8AO", 5000, 300)))
