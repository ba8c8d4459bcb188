"""Surfaces known to CUDA: an NvBufSurface in, the place of its pixels out, registered once and remembered.

Registering while the GPU works takes 13 to 19 ms on an Orin, up to 97 (measured by roboflow/inference); a pipeline's
pools go round with about a dozen surfaces.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

from appliance.errors import BoothError
from appliance.runtime.jetson.driver import Driver, EglFrame
from appliance.runtime.jetson.nvbufsurface import NvBufSurface, Surface

MOST = 32
"Surfaces remembered; a camera that shows more of them is not going round, and the oldest is forgotten."


@dataclass(frozen=True)
class Registration:
    """One surface that CUDA knows."""

    image: int
    "EGLImage."
    resource: int
    frame: EglFrame


class Registrations:
    """Owner of the registrations of one pipeline, by dmabuf; each is valid while its surface keeps its EGL image.

    A file descriptor comes back with other memory behind it once a pool is made anew: its surface then has no EGL
    image, or another. The image itself belongs to the surface and goes with it, since a pool frees its surfaces
    when it likes and only the surface in hand may be touched.
    """

    def __init__(
        self,
        driver: Driver,
        open_library: Callable[[], NvBufSurface] = NvBufSurface,
        most: int = MOST,
    ) -> None:
        """`open_library` is called when the first surface needs an EGL image: on Thor none does."""
        self.registered = 0
        self.unregistered = 0
        self.images = 0
        "EGL images that were made."
        self._driver = driver
        self._open_library = open_library
        self._library: NvBufSurface | None = None
        self._most = most
        self._known: dict[int, Registration] = {}

    def __len__(self) -> int:
        return len(self._known)

    def frame_of(self, surface: Surface) -> EglFrame:
        """Where the first picture of `surface` lies; nothing of an earlier frame may be in use any more."""
        picture = surface.surface_list[0]
        known = self._known.get(picture.buffer_desc)
        if known is None or picture.mapped_addr.egl_image != known.image:
            self._forget(picture.buffer_desc)
            known = self._register(surface)
            if len(self._known) >= self._most:
                self._forget(next(iter(self._known)))
            self._known[picture.buffer_desc] = known
        return known.frame

    def close(self) -> None:
        """Forget all, once the pipeline has stopped, so that nobody waits for the driver; may be called twice."""
        for key in tuple(self._known):
            self._forget(key)

    def _register(self, surface: Surface) -> Registration:
        with contextlib.ExitStack() as undo:
            if not surface.surface_list[0].mapped_addr.egl_image:
                library = self._library = self._library or self._open_library()
                library.map_egl(surface)
                self.images += 1
                undo.callback(library.unmap_egl, surface)
            image = surface.surface_list[0].mapped_addr.egl_image
            resource = self._driver.egl_register(image)
            self.registered += 1
            undo.callback(self._unregister, resource)
            registration = Registration(image, resource, self._driver.egl_frame(resource))
            undo.pop_all()
            return registration

    def _forget(self, key: int) -> None:
        known = self._known.pop(key, None)
        if known is not None:
            self._unregister(known.resource)

    def _unregister(self, resource: int) -> None:
        # Counted all the same: a driver that has lost its device has lost the registration with it.
        self.unregistered += 1
        with contextlib.suppress(BoothError):
            self._driver.egl_unregister(resource)
