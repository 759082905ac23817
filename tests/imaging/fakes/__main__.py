"""`python -m tests.imaging.fakes gemini --port 9100 --delay 5`: a fake for load tests."""

import argparse
import signal
import sys
import threading

from tests.imaging.fakes.gemini import FakeGemini
from tests.imaging.fakes.openai import FakeOpenAI
from tests.imaging.fakes.server import Mood

FAKES = {"gemini": FakeGemini, "openai": FakeOpenAI}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("provider", choices=FAKES)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before an image")
    parser.add_argument("--kind", default="ok", help="the kind of answer to an image call")
    options = parser.parse_args()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    mood = Mood(options.kind, options.delay)
    with FAKES[options.provider](image=mood, port=options.port) as fake:
        sys.stdout.write(f"{fake.base_url}\n")
        sys.stdout.flush()  # the caller waits for this line
        stop.wait()


main()
