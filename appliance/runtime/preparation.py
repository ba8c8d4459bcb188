"""How a wing has to prepare pixels for networks that take planes: mean and scale of each network."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Normal:
    """How a network's planar float tensor holds 8-bit colour: (value - mean) * scale."""

    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    "Of R, G, B, in 8-bit steps."
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    "Of R, G, B, per 8-bit step."


@dataclass(frozen=True)
class Preparation:
    """What each network wants of its pixels, for a wing that makes planar float tensors rather than packed bytes."""

    detector: Normal = Normal()
    "Of the letterbox."
    body: Normal = Normal()
    "Of the crops."
    appearance: Normal = Normal()
    "Of the reliefs."
