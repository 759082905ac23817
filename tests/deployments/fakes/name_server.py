"""A name server on loopback with TXT records."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def serve_records(texts: dict[str, str]) -> Iterator[str]:
    """Serve the TXT records of `texts`, by name; no other name exists. Yield the address."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))

    def answer() -> None:
        while (received := server.recvfrom(4096))[0]:
            query = dns.message.from_wire(received[0])
            response = dns.message.make_response(query)
            name = query.question[0].name
            if text := texts.get(str(name).rstrip(".")):
                response.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
            else:
                response.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(response.to_wire(), received[1])

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"127.0.0.1:{server.getsockname()[1]}"
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", server.getsockname())
        thread.join()
        server.close()
