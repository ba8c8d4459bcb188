"""The city's authority on this laptop (deploy/broker/ca): a request in; a certificate and a signed manifest out."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import BoothError
from appliance.provision.papers import load_authorities, sign_manifest

PROGRAM = Path(__file__).parents[2] / "deploy" / "broker" / "ca"
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Authority:
    """The folder that `deploy/broker/ca --folder` was given. Raises BoothError for another one."""

    folder: Path
    program: Path = PROGRAM

    def __post_init__(self) -> None:
        for file in (self._key, self._certificate):
            try:
                file.stat()
            except PermissionError:
                raise BoothError(f"{file}: cannot be read; be the user that owns it, as by sudo") from None
            except OSError:
                cure = "name the folder of deploy/broker/ca, or use --request and send the request to whoever has it"
                raise BoothError(f"{file}: no such file; {cure}") from None
        if not self.program.is_file():
            raise BoothError(f"{self.program}: no such file; run this from a checkout of the project")

    @property
    def certificate(self) -> str:
        """ca.crt. Raises BoothError when it cannot be read."""
        try:
            text = self._certificate.read_text(encoding="ascii")
        except (OSError, ValueError):
            raise BoothError(f"{self._certificate}: cannot be read; mend its rights") from None
        load_authorities(text)
        return text

    def check(self, name: str, believed: str, *, again: bool) -> None:
        """Raises BoothError where it may not sign `name` for a booth that believes the authorities `believed`, PEM."""
        if not set(load_authorities(self.certificate)) <= set(load_authorities(believed)):
            raise BoothError("authority: not the one of the stick; make the stick with this one's ca.crt")
        if not again and self._signed(name).exists():
            raise BoothError(f"authority: {name} has a certificate already; --again signs another one for it")

    def sign_request(self, request: bytes, name: str, *, again: bool = False) -> str:
        """A certificate for `name`, in PEM. Raises BoothError with what the authority says against it.

        `again`: for a name that has one already; the old one stays good until it is revoked or ends.
        """
        with tempfile.TemporaryDirectory(prefix="booth-request-") as folder:
            file = Path(folder) / "request.csr"
            file.write_bytes(request)
            self._run("renew", name, str(file)) if again else self._run("sign", str(file))
        return self._signed(name).read_text(encoding="ascii")

    def take_back(self, name: str) -> None:
        """The newest certificate of `name` was never handed out: the name is as it was before. Raises BoothError."""
        self._run("revoke", name, "--newest")

    def sign_manifest(self, manifest: bytes) -> bytes:
        """Its word for every line of a stick. Raises BoothError when its key cannot be used."""
        try:
            key = self._key.read_bytes()
        except OSError:
            raise BoothError(f"{self._key}: cannot be read; be the user that owns it") from None
        return sign_manifest(key, manifest)

    def _run(self, *words: str) -> None:
        sh = shutil.which("sh") or "/bin/sh"
        command = [sh, str(self.program), "--folder", str(self.folder), *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise BoothError(f"{self.program}: {type(error).__name__}; try again") from None
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["it failed"])[-1].removeprefix("booth: ")
            raise BoothError(f"authority: {said}")

    def _signed(self, name: str) -> Path:
        return self.folder / "keys" / name / "booth.crt"

    @property
    def _key(self) -> Path:
        return self.folder / "ca" / "ca.key"

    @property
    def _certificate(self) -> Path:
        return self.folder / "pki" / "ca.crt"
