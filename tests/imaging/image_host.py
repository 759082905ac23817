"""A host of pictures on loopback, with some that are none."""

from __future__ import annotations

from tests.imaging.calls import photograph
from tests.servers import Reply, Request

PICTURES = {
    "/photo.jpg": photograph("JPEG"),
    "/photo.png": photograph("PNG", (30, 50)),
    "/photo.gif": photograph("GIF"),
    "/photo.webp": photograph("WEBP"),
    "/page.html": b"<!doctype html><title>no picture</title>",
    "/empty": b"",
    "/cut.png": photograph("PNG", (300, 300))[:-60],
    "/big.bin": b"\xff\xd8\xff" + b"x" * 1_100_000,
}


def respond(request: Request) -> Reply:
    if request.target == "/moved":
        return Reply(302, headers={"Location": "/photo.jpg"})
    if request.target == "/loop":
        return Reply(302, headers={"Location": "/loop"})
    if request.target == "/inward":
        return Reply(302, headers={"Location": "http://10.0.0.1/photo.jpg"})
    if request.target == "/elsewhere":
        return Reply(302, headers={"Location": "file:///etc/passwd"})
    if request.target in PICTURES:
        return Reply(200, PICTURES[request.target])
    return Reply(404, b"not here")
