"""What the networks cost, counted once from their ONNX files with engines/operations.py; the tests count again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Network:
    """Cost of one picture; each convolution reads and writes its values once, the rest is fused into it."""

    size: tuple[int, int]
    "Width and height of the input that was counted."
    macs: int
    "Multiply-adds."
    values: int
    "Read and written by the layers, not counting parameters."
    parameters: int

    def operations(self, inputs: float) -> float:
        """Of so many inputs, on average; a multiply-add is two."""
        return 2 * self.macs * inputs

    def moved_bytes(self, inputs: float, value_bytes: int) -> float:
        """Of so many inputs, on average; parameters are read once for all of a frame, and not at all for none."""
        return value_bytes * (self.values * inputs + self.parameters * min(1.0, inputs))

    def at(self, size: tuple[int, int]) -> Network:
        """The same layers at another width and height: they are convolutions all the way, so cost goes with pixels."""
        scale = size[0] * size[1] / (self.size[0] * self.size[1])
        return Network(size, round(self.macs * scale), round(self.values * scale), self.parameters)


PICODET = Network((960, 544), 2_371_364_829, 42_948_909 + 36_450_279, 1_197_182)
BLAZEPOSE = Network((256, 256), 378_346_240, 11_885_184 + 10_986_180, 3_032_861)
MOBILENET = Network((128, 256), 195_588_096, 4_418_560 + 4_361_216, 2_206_889)
