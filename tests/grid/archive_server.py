"""A server on loopback that holds archives, knows byte ranges, and can break connections off as a bad network does."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import threading
import zipfile
from collections.abc import Iterator
from typing import Any


def zipped(members: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return buffer.getvalue()


class Served:
    """What the server holds and how it behaves; `asked` lists (path, Range header) of each request."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, str | None]] = []
        self.break_after: list[int | None] = []  # bytes of the body of the next answers; None: all
        self.ranges = self.tags = self.lengths = True
        self.status: int | None = None
        self.busy: list[dict[str, str]] = []  # headers of the next refusals, each with 429
        self.moved: dict[str, str] = {}  # path → where it is now
        self.kind = "application/zip"
        self.plain_tags = True  # False: the ETag names the MD5, as Zenodo's does
        self.url = ""

    def tag(self, name: str) -> str:
        return f'"{"" if self.plain_tags else "md5:"}{hashlib.md5(self.files[name]).hexdigest()}"'


class Handler(http.server.BaseHTTPRequestHandler):
    served: Served

    def do_GET(self) -> None:
        served, name = self.served, self.path.split("?")[0].lstrip("/")
        wanted = self.headers.get("Range")
        served.asked.append((name, wanted))
        if name in served.moved:
            self.send_response(302)
            self.send_header("Location", served.moved[name])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if served.busy:
            self.send_response(429)
            for header in served.busy.pop(0).items():
                self.send_header(*header)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if served.status or name not in served.files:
            self.send_error(served.status or 404)
            return
        body, start = served.files[name], 0
        fresh = self.headers.get("If-Range") in (None, served.tag(name))
        if wanted and served.ranges and fresh:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            if start >= len(body):
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        else:
            self.send_response(200)
        self.send_header("Content-Type", served.kind)
        if served.lengths:
            self.send_header("Content-Length", str(len(body) - start))
        if served.tags:
            self.send_header("ETag", served.tag(name))
        self.end_headers()
        stop = served.break_after.pop(0) if served.break_after else None
        self.wfile.write(body[start:] if stop is None else body[start : start + stop])
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def serve(files: dict[str, bytes]) -> Iterator[Served]:
    """Runs a server while the block runs."""
    served = Served(files)
    handler = type("Bound", (Handler,), {"served": served})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        served.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield served
        finally:
            server.shutdown()
            thread.join()
