"""Pictures on the device for tests, and the plain definition of what their pixels are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from appliance.records import FloatArray, Frame
from appliance.runtime.jetson.gpu import Gpu
from appliance.runtime.jetson.picture import BT709, NV12, RGB, Colours, Layout, Picture
from appliance.runtime.jetson.tensor import Tensor

Bytes = NDArray[np.uint8]


def noise(width: int, height: int, layout: Layout, seed: int = 0) -> list[Bytes]:
    """Planes of random bytes without padding: packed (H, W * step), or Y (H, W) and UV (H / 2, W), odd ones up."""
    rng = np.random.default_rng(seed)
    shapes = [(height, width * layout.step)]
    if layout is NV12:
        shapes.append(((height + 1) // 2, (width + 1) // 2 * 2))
    return [rng.integers(0, 256, shape, dtype=np.uint8) for shape in shapes]


def device_picture(
    gpu: Gpu, planes: list[Bytes], layout: Layout, *, pitch_extra: int = 0, colours: Colours = BT709
) -> tuple[Picture, list[Bytes]]:
    """A picture of these planes with `pitch_extra` bytes of rubbish after each row, and the planes."""
    padded = [np.pad(plane, ((0, 0), (0, pitch_extra)), constant_values=99) for plane in planes]
    tensors = [gpu.put(plane) for plane in padded]
    height, row = planes[0].shape
    addresses = [tensor.address for tensor in tensors]
    chroma, chroma_pitch = (addresses[1], padded[1].shape[1]) if layout is NV12 else (0, 0)
    picture = Picture(
        addresses[0],
        padded[0].shape[1],
        row // layout.step,
        height,
        layout,
        chroma,
        chroma_pitch,
        colours,
        tensors,
    )
    return picture, planes


def rgb_of(planes: list[Bytes], layout: Layout, size: tuple[int, int], colours: Colours = BT709) -> Bytes:
    """R, G, B of every pixel, shape (H, W, 3): whole numbers, chroma of the 2x2 cell."""
    width, height = size
    if layout is not NV12:
        pixels = planes[0].reshape(height, width, layout.step)
        return np.ascontiguousarray(pixels[..., [layout.red, layout.green, layout.blue]])
    light = (planes[0].astype(np.float32) - np.float32(colours.y_offset)) * np.float32(colours.y_scale)
    cells = planes[1].reshape(planes[1].shape[0], -1, 2).astype(np.float32) - 128
    u, v = (cells[..., part].repeat(2, axis=0).repeat(2, axis=1)[:height, :width] for part in (0, 1))
    red = light + np.float32(colours.red_v) * v
    green = light + np.float32(colours.green_u) * u + np.float32(colours.green_v) * v
    blue = light + np.float32(colours.blue_u) * u
    whole: Bytes = np.rint(np.stack([red, green, blue], axis=-1).clip(0, 255)).astype(np.uint8)
    return whole


def picture_of_rgb(gpu: Gpu, rgb: Bytes) -> Picture:
    """A packed picture of host pixels (H, W, 3)."""
    height, width, _ = rgb.shape
    tensor = gpu.put(np.ascontiguousarray(rgb))
    return Picture(tensor.address, 3 * width, width, height, RGB, owner=tensor)


def pixels_of(gpu: Gpu, tensor: Tensor) -> NDArray[Any]:
    """What a device array holds, pixels as well: tests may look."""
    host: NDArray[Any] = np.empty(tensor.shape, tensor.dtype)
    if host.nbytes:
        gpu.driver.copy_out(host, tensor.address)
    return host


def both_frames(
    gpu: Gpu, size: tuple[int, int], layout: Layout, pitch_extra: int = 0, seed: int = 0
) -> tuple[Frame, Frame]:
    """A frame of noise on the device, and the same as the CPU wing has it."""
    picture, planes = device_picture(gpu, noise(*size, layout, seed), layout, pitch_extra=pitch_extra)
    return Frame(picture, *size, 0.0, 0), Frame(rgb_of(planes, layout, size), *size, 0.0, 0)


def planar(packed: NDArray[Any]) -> FloatArray:
    """Packed pixels (N, H, W, 3) as planes (N, 3, H, W)."""
    return np.ascontiguousarray(packed.transpose(0, 3, 1, 2), np.float32)
