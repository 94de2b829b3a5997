"""A web server on loopback with TLS that serves a registry, or behaves badly on purpose."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

Handler = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Mirror:
    """One that runs. `handler` may be put in the place of the files at any time."""

    address: str
    tls: ssl.SSLContext
    """What a client needs to trust its certificate."""
    authority: Path
    """The same as a file."""
    folder: Path
    handler: Handler | None = None
    greeting: bytes = b""
    """What is sent in the place of a TLS handshake, and then a byte at a time."""
    over: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over: whoever hangs waits for it."""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        if self.handler is not None:
            self.handler(request)
            return
        path = self.folder / request.path.lstrip("/")
        if path.is_file():
            respond(request, 200, path.read_bytes())
        else:
            respond(request, 404)


def respond(request: BaseHTTPRequestHandler, status: int, content: bytes = b"", **headers: str) -> None:
    """A whole answer."""
    begin(request, status, **{"Content-Length": str(len(content)), **headers})
    request.wfile.write(content)


def begin(request: BaseHTTPRequestHandler, status: int, **headers: str) -> None:
    """Status and headers; whatever is written afterwards is the body."""
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.end_headers()


@contextmanager
def mirror_of(folder: Path, scratch: Path) -> Iterator[Mirror]:
    """Serve `folder` at https://localhost, in threads of its own."""
    authority = trustme.CA()
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(server_tls)
    client_tls = ssl.create_default_context()
    authority.configure_trust(client_tls)
    authority.cert_pem.write_to_path(str(scratch / "authority.pem"))
    mirror = Mirror("", client_tls, scratch / "authority.pem", folder)

    class Server(ThreadingHTTPServer):
        def finish_request(self, request, client_address) -> None:  # type: ignore[no-untyped-def]
            with suppress(OSError):
                if mirror.greeting:
                    request.sendall(mirror.greeting)
                    while not mirror.over.wait(0.01):
                        request.sendall(b" ")
            with suppress(OSError), server_tls.wrap_socket(request, server_side=True) as secured:
                Answering(secured, client_address, self)

        daemon_threads = False

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mirror.answer(self)

        def log_message(self, *_: object) -> None:
            """A test's output is its failures."""

    with Server(("127.0.0.1", 0), Answering) as server:
        mirror.address = f"https://localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mirror
        finally:
            mirror.over.set()
            server.shutdown()
            thread.join()
