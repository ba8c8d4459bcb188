"""Pages for the booth's own screen that tell what happens to them: a port in, what was asked for out."""

from __future__ import annotations

import http.server
import threading
from typing import Any

PAGE = """<!doctype html><title>page</title><body style="background: #246"><script>
const tell = (what) => fetch("/told?" + what);
const look = async () => navigator.mediaDevices.getUserMedia({ video: true });
function keep() {
  try { localStorage.a = 1; tell("kept-" + localStorage.a); } catch { tell("kept-nothing"); }
}
addEventListener("keydown", (event) => {
  tell("key-" + event.key);
  if (event.key === "x") location.href = "http://127.0.0.1:%d/elsewhere";
  if (event.key === "f") location.href = "/code?lang=sv";
  if (event.key === "w") tell("opened-" + window.open("/second"));
  if (event.key === "s") keep();
  if (event.key === "c") look().then(() => tell("camera"), () => tell("no-camera"));
});
let pointer = "";
setInterval(() => {
  const now = getComputedStyle(document.body).cursor;
  if (now !== pointer) tell("pointer-" + (pointer = now));
}, 50);
</script>"""


class Web:
    """A web server on a port of this machine, and what it was asked for."""

    def __init__(self, port: int = 0, page: str = "") -> None:
        self.asked: list[str] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, *_: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.port: int = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()

    def was_told(self, what: str) -> bool:
        """Whether the page said so."""
        return f"/told?{what}" in self.asked
