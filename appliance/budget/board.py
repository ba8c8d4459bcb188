"""A board on paper: what its data sheet promises, and the share of it that work in a row gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["fp16", "int8", "fp32"]
"Who computes: tensor cores on half floats or 8-bit integers, or CUDA cores on floats."


@dataclass(frozen=True)
class Board:
    """A board's limits; dense figures, since the networks are not sparse."""

    name: str
    bytes_per_s: float
    "Of its memory, which processor, GPU and camera engines share."
    ops_per_s: dict[Unit, float]
    "A multiply-add is two operations."
    memory_share: float = 0.6
    "Of the bandwidth that a kernel gets: the kernels aim at .7 and the search at .85, layers of networks get less."
    compute_share: float = 0.3
    "Of the peak that small layers reach: few channels do not fill the tensor cores."

    def memory_s(self, given_bytes: float) -> float:
        """Seconds to move so many bytes."""
        return given_bytes / (self.bytes_per_s * self.memory_share)

    def compute_s(self, operations: float, unit: Unit) -> float:
        """Seconds for so many operations."""
        return operations / (self.ops_per_s[unit] * self.compute_share)


CORES, CLOCK_HZ = 1024, 1.02e9
ORIN_NANO_SUPER = Board(
    "Jetson Orin Nano Super",
    bytes_per_s=102e9,
    ops_per_s={"int8": 33e12, "fp16": 17e12, "fp32": 2 * CORES * CLOCK_HZ},
)
"""NVIDIA's data sheet of the developer kit (December 2024) in its mode MAXN_SUPER: 128-bit LPDDR5 with 102 GB/s,
67 sparse or 33 dense INT8 TOPS, 17 FP16 TFLOPS, 1024 CUDA cores at 1.02 GHz. In the 25 W mode the GPU runs at 918 MHz.
"""
