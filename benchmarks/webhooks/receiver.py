"""A receiver in a separate process, fast enough not to be the bottleneck.

Responds to POSTs with 200, and to a GET with the times (Unix time) of the POSTs since
the last GET, as a JSON array. Prints its port.
"""

from __future__ import annotations

import asyncio
import json
import time

_arrivals: list[float] = []


async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while head := await _read_head(reader):
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0]
        await reader.readexactly(int(length or 0))
        body = b"OK"
        if head.startswith(b"POST"):
            _arrivals.append(time.time())
        else:
            body = json.dumps(_arrivals).encode()
            _arrivals.clear()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
        if b"connection: close" in head.lower():
            break
    writer.close()


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def main() -> None:
    server = await asyncio.start_server(respond, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
