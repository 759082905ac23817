"""What runs elsewhere in production: object storage, mail server and image model, on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from aiosmtpd.controller import Controller

from benchmarks.production.processes import free_port
from tests.config.mail_server import MailServer
from tests.imaging.fakes.gemini import IMAGE_MODEL, TEXT_MODEL, FakeGemini
from tests.imaging.fakes.server import API_KEY, Mood

_BUCKETS = ("images", "sites")
#: How long a call may take, and what its lease allows beyond.
CALL_SECONDS, MARGIN_SECONDS = 40, 5


@contextmanager
def running_services() -> Iterator[dict[str, str]]:
    """Yield the settings that name them."""
    from moto.server import ThreadedMotoServer  # which takes a second to load

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    storage = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    storage.start()
    mail = Controller(MailServer(), hostname="127.0.0.1", port=free_port())
    mail.start()
    host, port = storage.get_host_and_port()
    try:
        with FakeGemini(image=Mood("ok", 0.5)) as model:
            yield {
                **_create_buckets(f"http://{host}:{port}"),
                "EMAIL_URL": f"smtp://127.0.0.1:{mail.port}",
                "GEMINI_BASE_URL": model.base_url,
                "GEMINI_API_KEY": API_KEY,
                "GEMINI_IMAGE_MODEL": IMAGE_MODEL,
                "GEMINI_TEXT_MODEL": TEXT_MODEL,
                "IMAGE_CALL_SECONDS": str(CALL_SECONDS),
                "IMAGE_LEASE_MARGIN_SECONDS": str(MARGIN_SECONDS),
            }
    finally:
        mail.stop()
        storage.stop()


def _create_buckets(endpoint: str) -> dict[str, str]:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    for name in _BUCKETS:
        client.create_bucket(Bucket=name)
    return {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "S3_ENDPOINT_URL": endpoint,
        "S3_BUCKET": _BUCKETS[0],
        "SITES_S3_BUCKET": _BUCKETS[1],
    }
