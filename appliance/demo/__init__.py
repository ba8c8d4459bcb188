"""The whole booth on one machine: `run_demo` starts it, shows it and ends it."""

from __future__ import annotations

from appliance.demo.play import run_demo

__all__ = ["run_demo"]
