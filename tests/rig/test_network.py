"""The network of the rig does to requests what it says."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from tests.rig.network import Network, Weather


class Heard:
    """A server that writes down what reaches it."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        heard = self.bodies

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.append(body.decode())
                self.send_response(202)
                self.send_header("Content-Type", "text/plain")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What stands at both ends."""
    made = Heard()
    yield made
    made.server.shutdown()


@pytest.fixture
def network(heard: Heard) -> Iterator[Network]:
    """Two places."""
    made = Network({"a": lambda: heard.port, "b": lambda: heard.port}, seed=1).start()
    yield made
    made.stop()


def say(network: Network, text: str) -> requests.Response:
    """From a to b."""
    return requests.post(network.links["a", "b"].url + "/inbox?x=%20y", data=text, timeout=60)


def test_what_passes_arrives_whole_and_is_counted(network: Network, heard: Heard) -> None:
    text = "x" * 300_000
    answer = say(network, text)
    assert (answer.status_code, answer.text) == (202, text)
    (seen,) = network.passed(source="a", target="b", path="/inbox?x=%20y")
    assert (seen.method, seen.status, seen.kind, seen.fate) == ("POST", 202, "text/plain", "passed")
    assert seen.sent > 300_000
    assert seen.answered > 300_000
    assert network.passed(source="b") == []


@pytest.mark.parametrize(("fate", "arrives"), [("lost", 0), ("deaf", 1), ("late", 1)])
def test_what_fails_for_its_sender(network: Network, heard: Heard, fate: str, arrives: int) -> None:
    network.blow(Weather(**{fate: 1.0}))
    with pytest.raises(requests.ConnectionError):
        say(network, "hello")
    network.settle()
    assert heard.bodies == ["hello"] * arrives


def test_what_is_late_comes_after_what_was_sent_after_it(network: Network, heard: Heard) -> None:
    async def until_another_came(_: float) -> None:
        while not heard.bodies:
            await asyncio.sleep(0.01)

    network.pause = until_another_came
    network.links["a", "b"].censor = lambda method, path, body: "late" if body == b"first" else None
    with pytest.raises(requests.ConnectionError):
        say(network, "first")
    say(network, "second")
    network.settle()
    assert heard.bodies == ["second", "first"]


def test_what_is_double_arrives_twice(network: Network, heard: Heard) -> None:
    network.blow(Weather(double=1.0))
    assert say(network, "hello").status_code == 202
    network.settle()
    assert heard.bodies == ["hello", "hello"]


def test_what_is_slow_waits(network: Network, heard: Heard) -> None:
    network.blow(Weather(slow=1.0, seconds=0.2))
    waits = []
    for _ in range(10):
        began = time.monotonic()
        assert say(network, "hello").status_code == 202
        waits.append(time.monotonic() - began)
    assert max(waits) > 0.05


def test_who_is_cut_off_is_not_reached(network: Network, heard: Heard) -> None:
    network.cut("b")
    with pytest.raises(requests.ConnectionError):
        say(network, "hello")
    assert heard.bodies == []
    network.join("b")
    assert say(network, "hello").status_code == 202
