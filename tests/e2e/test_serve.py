"""Starting, stopping and the first minutes of a server."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path

import requests

from tests.rig.server import SETUP_LINK, Server, archypix, running


def test_the_first_start_leads_to_an_administrator_once(tmp_path: Path) -> None:
    with running(tmp_path / "data", arguments=("--workers", "0"), anew=True) as server:
        deadline = time.monotonic() + 60
        links: list[str] = []
        while not links and time.monotonic() < deadline:
            links = [match[1] for line in server.log if (match := SETUP_LINK.search(line))]
            time.sleep(0.05)
        (link,) = links
        link = link.replace("localhost", "127.0.0.1")
        browser = requests.Session()
        page = browser.get(link, timeout=60)
        assert page.status_code == 200
        assert page.headers["Content-Type"].startswith("text/html")
        token = link.partition("token=")[2]
        asked = browser.get(f"{server.url}/api/v1/setup", params={"token": token}, timeout=60)
        assert asked.json() == {"holds": True}
        made = browser.post(
            f"{server.url}/api/v1/setup",
            json={"token": token, "name": "root", "password": "correct horse battery"},
            timeout=60,
        )
        assert made.status_code in (200, 201), made.text
        again = requests.post(
            f"{server.url}/api/v1/setup",
            json={"token": token, "name": "evil", "password": "correct horse battery"},
            timeout=60,
        )
        assert 400 <= again.status_code < 500
        who = browser.get(f"{server.url}/api/v1/session", timeout=60)
        assert who.json()["account"]["name"] == "root"
    second = Server(tmp_path / "data", arguments=("--workers", "0")).start()
    time.sleep(0.3)
    second.stop()
    assert not [line for line in second.log if SETUP_LINK.search(line)]


def test_a_second_server_on_the_same_data_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path, arguments=("--workers", "0")) as server:
        second = archypix("serve", "--port", "0", data=tmp_path)
        assert second.returncode == 1
        assert str(server.pid) in second.stderr
        assert str(tmp_path) in second.stderr
        assert "Traceback" not in second.stderr
        assert requests.get(f"{server.url}/readyz", timeout=60).status_code == 200


def test_a_taken_port_and_a_wrong_setting_are_said_plainly(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = archypix("serve", "--port", str(port), data=tmp_path)
    assert refused.returncode == 1
    assert str(port) in refused.stderr
    wrong = archypix("serve", data=tmp_path, env={"ARCHYPIX_REGISTRATOIN": "open"})
    assert wrong.returncode == 1
    assert "ARCHYPIX_REGISTRATOIN" in wrong.stderr
    assert "Traceback" not in refused.stderr + wrong.stderr


def test_health_metrics_and_the_description_answer(tmp_path: Path) -> None:
    with running(tmp_path, arguments=("--workers", "0")) as server:
        assert requests.get(f"{server.url}/healthz", timeout=60).json() == {"status": "ok"}
        ready = requests.get(f"{server.url}/readyz", timeout=60)
        assert ready.status_code == 200
        assert set(ready.json()["checks"].values()) == {"ok"}
        metrics = requests.get(f"{server.url}/metrics", timeout=60).text
        assert 'archypix_http_requests_total{method="GET",route="/readyz",status="200"}' in metrics
        document = requests.get(f"{server.url}/openapi.json", timeout=60).json()
        assert {"/api/v1/pictures", "/api/v1/tags"} <= set(document["paths"])
        missing = requests.get(f"{server.url}/api/v1/nothing", timeout=60)
        assert missing.status_code == 404
        assert missing.headers["Content-Type"] == "application/problem+json"
        assert missing.headers["X-Request-ID"]
        assert missing.json()["code"] == "not_found"


def test_it_stops_within_five_seconds_under_load_and_with_a_stalled_download(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", arguments=("--workers", "1")).start()
    alice = server.create_user("alice")
    big = tmp_path / "big.bin.mp4"
    big.write_bytes(b"\0" * (64 << 20))
    uploaded = alice.upload(big)
    assert uploaded.status_code == 201, uploaded.text
    stalled = alice.get(f"/pictures/{uploaded.json()['id']}/file", params={"variant": "original"}, stream=True)
    next(stalled.iter_content(1000))
    stream = alice.get("/events", stream=True)
    half = socket.create_connection(("127.0.0.1", server.port))
    half.sendall(b"POST /api/v1/pictures HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
    ended = threading.Event()

    def load() -> None:
        while not ended.is_set():
            try:
                alice.get("/pictures", timeout=60)
            except requests.RequestException:
                return

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    seconds = server.stop()
    ended.set()
    for thread in threads:
        thread.join()
    stalled.close()
    stream.close()
    half.close()
    assert seconds < 30, "\n".join(server.log[-20:])
    assert server.processes() == []


def test_nothing_is_left_running_after_kill_9_and_the_next_start_works(tmp_path: Path) -> None:
    server = Server(tmp_path, arguments=("--workers", "1"), anew=True).start()
    below = [process for process in server.processes() if process.pid != server.pid]
    assert len(below) >= 3
    server.kill()
    deadline = time.monotonic() + 60
    while any(process.is_running() and process.status() != "zombie" for process in below):
        assert time.monotonic() < deadline, [process.cmdline() for process in below if process.is_running()]
        time.sleep(0.05)
    server.start()
    assert requests.get(f"{server.url}/readyz", timeout=60).status_code == 200
    server.stop()
