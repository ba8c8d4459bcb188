"""Asks a page as a phone does: METHOD URL, a body and a token on the command line in; status and answer as JSON out.

Runs on the machine's own Python, and is no part of the booth. usage: phone.py GET|POST|DELETE URL [BODY [TOKEN]]
"""

from __future__ import annotations

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit

PATIENCE_S = 10.0


def asked(method: str, url: str, body: str = "", token: str = "") -> dict[str, Any]:
    """The status and what was said; status 0 with the reason where nobody answers."""
    parts = urlsplit(url)
    headers = {"origin": f"http://{parts.netloc}", "authorization": f"Bearer {token}"}
    if body:
        headers["content-type"] = "application/json"
    connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=PATIENCE_S)
    try:
        connection.request(method, parts.path, body or None, headers)
        answer = connection.getresponse()
        return {"status": answer.status, "said": answer.read(65_536).decode("utf-8", "replace")}
    except OSError as error:
        return {"status": 0, "said": type(error).__name__}
    finally:
        connection.close()


if __name__ == "__main__":
    print(json.dumps(asked(*sys.argv[1:5])))
