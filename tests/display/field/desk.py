"""A field page without a process: a clock that a test sets, an app for this machine, and one phone that is in."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from appliance.config import Settings
from appliance.display.field.field import Field
from appliance.display.guard import Guard, is_loopback

ORIGIN = "http://127.0.0.1"


class Client:
    """Requests to an app without a socket between; an exception of the app is the test's failure."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.come_from("127.0.0.1")

    def come_from(self, address: str) -> None:
        """Send what follows from another address."""
        self._transport = httpx.ASGITransport(self._app, raise_app_exceptions=True, client=(address, 40_000))

    def request(self, method: str, path: str, **words: Any) -> httpx.Response:
        """One request and its answer."""

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url=ORIGIN) as client:
                return await client.request(method, path, **words)

        return asyncio.run(ask())

    def get(self, path: str, **words: Any) -> httpx.Response:
        """The answer to GET."""
        return self.request("GET", path, **words)

    def post(self, path: str, **words: Any) -> httpx.Response:
        """The answer to POST."""
        return self.request("POST", path, **words)


class Desk:
    """Owner of all of it; `close` when done."""

    def __init__(self, folder: Path, **sections: Any) -> None:
        folders = {"runtime": str(folder / "run"), "state": str(folder / "state")}
        self.settings = Settings.model_validate({"folders": folders, **sections})
        self.now_s = 1000.0
        self.field = Field(self.settings, "http://192.168.77.1:8480/field", lambda: self.now_s)
        self.routes = [*self.field.routes(), *self.field.device_routes()]
        self.client = Client(Guard(Starlette(routes=self.routes), is_loopback))
        self.token = ""
        self.come_from = self.client.come_from

    def code(self) -> str:
        """What the device shows."""
        digits = self.client.post("/code", json={}, headers={"origin": ORIGIN}).json()["digits"]
        assert isinstance(digits, str)
        return digits

    def enter(self, code: str | None = None) -> int:
        """The status of an attempt to get in."""
        answer = self.send("POST", "session", {"code": self.code() if code is None else code})
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return int(answer.status_code)

    def send(self, method: str, name: str, body: Any = None, **headers: str) -> Any:
        """One request as the page sends it; `headers` on top."""
        kept = {"origin": ORIGIN, "authorization": f"Bearer {self.token}", **headers}
        return self.client.request(method, f"/field/api/{name}", json=body, headers=kept)

    def close(self) -> None:
        """Let go of files and sockets."""
        self.field.close()
