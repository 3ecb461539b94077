"""Real worker processes on a real server: pictures become ready, whatever dies on the way."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest
import pytest_asyncio
import redis
from aiohttp import web
from PIL import Image
from yarl import URL

from archypix.jobs.names import QUEUE
from tests.rig.server import archypix
from tests.uploads.site import Person, Site, WorkerProcess, open_site, photo

PHOTOS = Path(__file__).parents[2] / "fixtures" / "photos"


@functools.cache
def picture_bytes(seed: int, size: tuple[int, int] = (320, 240)) -> bytes:
    """A small JPEG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", size, (seed * 37 % 256, seed * 101 % 256, seed * 53 % 256)).save(buffer, "JPEG")
    return buffer.getvalue()


def slow_bytes(seed: int) -> bytes:
    """A JPEG that takes a decoder the better part of a second."""
    return picture_bytes(seed, (9000, 7000))


async def until(holds: Callable[[], Awaitable[object]], within: float = 90.0) -> None:
    async with asyncio.timeout(within):
        while not await holds():
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def worker(site: Site) -> AsyncIterator[WorkerProcess]:
    async with site.worker() as worker:
        await until(lambda: _said(worker, "works for"))
        yield worker


async def _said(worker: WorkerProcess, text: str) -> bool:
    return text in worker.said()


async def test_a_photograph_becomes_ready_with_thumbnails_and_facts(alice: Person, worker: WorkerProcess) -> None:
    content = (PHOTOS / "iphone-4s.jpg").read_bytes()
    uploaded = (await alice.upload(content, "iphone.jpg")).json
    whole = await alice.until(uploaded["id"], "ready", "failed")
    assert (whole["state"], whole["failure"]) == ("ready", None)
    assert (whole["camera_make"], whole["camera_model"]) == ("Apple", "iPhone 4S")
    assert whole["captured_at"] is not None
    assert whole["blurhash"]
    assert whole["metadata"]
    assert len(whole["content_hash"]) == 64
    for variant in ("small", "medium", "large"):
        thumbnail = await alice.call("GET", whole["thumbnails"][variant])
        assert (thumbnail.status, thumbnail.body[8:12]) == (200, b"WEBP")
        by_redirect = await alice.download(uploaded["id"], variant=variant)
        assert by_redirect == thumbnail.body
    assert await alice.download(uploaded["id"]) == content


async def test_several_kinds_of_files_and_what_is_none(alice: Person, worker: WorkerProcess, site: Site) -> None:
    names = ["riverside.heic", "palace-garden.avif", "canon-powershot-s40-turned.jpg"]
    ids = [(await alice.upload((PHOTOS / name).read_bytes(), name)).json["id"] for name in names]
    broken = (await alice.upload(photo(1), "broken.jpg")).json["id"]
    text = (await alice.upload(b"no picture at all", "a.jpg")).json["id"]
    for identifier in ids:
        assert (await alice.until(identifier, "ready", "failed"))["state"] == "ready"
    for identifier, content in ((broken, photo(1)), (text, b"no picture at all")):
        whole = await alice.until(identifier, "ready", "failed")
        assert whole["state"] == "failed"
        assert whole["failure"].endswith(".")
        assert await alice.download(identifier) == content
    assert await site.findings() == []


async def test_two_workers_share_the_work(alice: Person, site: Site) -> None:
    for number in range(30):
        await alice.upload(picture_bytes(number))
    async with site.worker("one") as one, site.worker("two") as two:
        await until(lambda: _ready(alice, 30), 60)
        assert one.pid != two.pid
    assert await site.findings() == []


async def _ready(person: Person, count: int) -> bool:
    return len((await person.get("/pictures", state="ready"))["items"]) == count


async def test_a_worker_that_was_asleep_is_woken(alice: Person, worker: WorkerProcess, site: Site) -> None:
    await alice.until((await alice.upload(picture_bytes(1))).json["id"], "ready")

    async def asleep() -> bool:
        return site.jobs.polls == 0

    await until(asleep)
    await asyncio.sleep(0.2)
    await alice.until((await alice.upload(picture_bytes(2))).json["id"], "ready")
    assert worker.process is not None


async def test_a_cache_that_forgets_everything_only_delays(alice: Person, worker: WorkerProcess, site: Site) -> None:
    await alice.until((await alice.upload(picture_bytes(1))).json["id"], "ready")
    await asyncio.sleep(4)
    with redis.Redis.from_url(site.endpoints.redis_url) as cache:
        cache.flushdb()
        picture = (await alice.upload(picture_bytes(2))).json["id"]
        cache.flushdb()
        await alice.until(picture, "ready", within=120)
        assert cache.llen(f"rq:queue:{QUEUE}") <= 8


async def test_a_killed_worker_started_again_takes_up_what_it_had(alice: Person, site: Site) -> None:
    worker = WorkerProcess(site, "mortal")
    pictures = [(await alice.upload(slow_bytes(number))).json["id"] for number in range(4)]
    await worker.start()
    await until(lambda: site.sql("SELECT count(*) > 0 FROM jobs WHERE state = 'leased'"))
    await worker.kill()
    assert await site.sql("SELECT count(*) FROM jobs WHERE state = 'leased'") > 0
    began = time.monotonic()
    async with site.worker("mortal"):
        for picture in pictures:
            assert (await alice.until(picture, "ready", "failed", within=120))["state"] == "ready"
    assert time.monotonic() - began < 240
    assert await site.findings() == []


class Between:
    """A proxy between a worker and a server. `change` may answer something else than the server did."""

    def __init__(self, site: Site, change: Callable[[str, bytes], web.Response | None]) -> None:
        self.site = site
        self._change = change
        self.requests: list[tuple[str, str]] = []

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.requests.append((request.method, request.path))
        async with aiohttp.ClientSession() as session:
            url = URL(self.site.url + request.raw_path, encoded=True)
            headers = {name: request.headers.get(name, "") for name in ("Authorization", "Content-Type")}
            async with session.request(request.method, url, data=body, headers=headers) as response:
                content = await response.read()
        changed = self._change(request.path, content) if response.status == 200 else None
        return changed or web.Response(status=response.status, body=content, content_type=response.content_type)


@asynccontextmanager
async def worker_behind(proxy: Between) -> AsyncIterator[WorkerProcess]:
    runner = web.ServerRunner(web.Server(proxy.answer))
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    worker = WorkerProcess(proxy.site, "behind", f"http://127.0.0.1:{runner.addresses[0][1]}")
    await worker.start()
    try:
        yield worker
    finally:
        await worker.stop()
        await runner.cleanup()


@pytest.mark.parametrize("verb", ["/jobs/claim", "/complete"])
async def test_jobs_whose_grant_got_lost_are_not_left_to_their_leases(alice: Person, site: Site, verb: str) -> None:
    lost: list[dict[str, object]] = []

    def lose_the_first(path: str, content: bytes) -> web.Response | None:
        """As of a database that went away at COMMIT: jobs are leased, and the worker hears of an error."""
        if lost or not path.endswith(verb):
            return None
        lost.extend(json.loads(content)["jobs"])
        return web.Response(status=503) if lost else None

    pictures = [(await alice.upload(picture_bytes(number))).json["id"] for number in range(6)]
    async with worker_behind(Between(site, lose_the_first)):
        for picture in pictures:
            assert (await alice.until(picture, "ready", "failed", within=120))["state"] == "ready"
    assert lost
    assert await site.findings() == []


def _elsewhere(path: str, content: bytes) -> web.Response | None:
    """The server's answer as a worker on another machine would use it: there is no such file there."""
    if not path.startswith("/internal/v1/jobs/"):
        return None
    answer = json.loads(content)
    for job in answer.get("jobs", []):
        job["path"] += ".elsewhere"
    return web.json_response(answer)


@pytest.mark.parametrize("far", [False, True])
async def test_an_original_is_fetched_only_by_a_worker_on_another_machine(alice: Person, site: Site, far: bool) -> None:
    proxy = Between(site, _elsewhere if far else lambda path, content: None)
    picture = (await alice.upload(picture_bytes(3))).json["id"]
    async with worker_behind(proxy):
        assert (await alice.until(picture, "ready", "failed", within=120))["state"] == "ready"
    fetched = [path for method, path in proxy.requests if method == "GET"]
    assert len(fetched) == far
    assert await site.findings() == []


async def test_a_decoder_that_dies_is_replaced_and_the_file_tried_again(alice: Person, worker: WorkerProcess) -> None:
    pictures: list[str] = []

    async def killed() -> bool:
        # Those that were done before anybody could come between do not count.
        if not pictures or (await alice.get(f"/pictures/{pictures[-1]}"))["state"] != "processing":
            pictures.append((await alice.upload(slow_bytes(len(pictures) + 1))).json["id"])
        return await _kill_decoder(worker)

    await until(killed)
    for picture in pictures:
        assert (await alice.until(picture, "ready", "failed", within=120))["state"] == "ready"
    other = (await alice.upload(picture_bytes(1))).json["id"]
    assert (await alice.until(other, "ready", "failed", within=120))["state"] == "ready"


DIES_ONCE = """
import os, pathlib, signal
died = pathlib.Path(__file__).with_name("died")
if not died.exists():
    died.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_a_decoder_that_dies_before_it_is_ready_is_started_again(
    alice: Person, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Python looks for this at its start; the worker itself is a fork, which has started already.
    (tmp_path / "start").mkdir()
    (tmp_path / "start" / "sitecustomize.py").write_text(DIES_ONCE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "start"), prepend=os.pathsep)
    worker = WorkerProcess(site, "unlucky")
    await worker.start()
    try:
        picture = (await alice.upload(picture_bytes(1))).json["id"]
        assert (await alice.until(picture, "ready", "failed", within=120))["state"] == "ready"
        assert psutil.pid_exists(worker.pid)
        assert "the decoder does not start" in worker.said()
    finally:
        await worker.stop()


async def _kill_decoder(worker: WorkerProcess) -> bool:
    """Whether one was busy, and is no more."""
    for child in psutil.Process(worker.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if child.cpu_percent(0.05) > 5:
                child.kill()
                return True
    return False


async def test_a_file_that_takes_too_long_is_given_up_with_a_sentence(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with open_site(database_url, redis_url, tmp_path / "data", decode_timeout=0.08) as site:
        alice = await site.person("alice")
        content = slow_bytes(1)
        async with site.worker():
            picture = (await alice.upload(content)).json["id"]
            whole = await alice.until(picture, "ready", "failed", within=120)
        assert whole["state"] == "failed"
        assert "takes too long" in whole["failure"]
        assert await alice.download(picture) == content
        assert await site.sql("SELECT crashes FROM jobs") == 2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_worker_stops_within_two_seconds_and_gives_back_what_it_had(
    alice: Person, site: Site, number: int
) -> None:
    for seed in range(6):
        await alice.upload(slow_bytes(seed))
    worker = WorkerProcess(site, "stopping")
    await worker.start()
    await until(lambda: site.sql("SELECT count(*) > 1 FROM jobs WHERE state = 'leased'"))
    began = time.monotonic()
    assert worker.process is not None
    worker.process.send_signal(number)
    assert await worker.ended() == 0
    # A picture that is being decoded is not waited for, nor is anything else.
    assert time.monotonic() - began < 20
    await until(lambda: site.sql("SELECT count(*) = 0 FROM jobs WHERE state = 'leased'"))
    assert await site.sql("SELECT count(*) > 3 FROM jobs WHERE state = 'due'")
    assert not list(Path("/tmp").glob(f"archypix-worker-{os.getuid()}-{worker.name}/*"))


async def test_an_idle_worker_stops_at_once(worker: WorkerProcess, site: Site) -> None:
    async def asleep() -> bool:
        with redis.Redis.from_url(site.endpoints.redis_url) as cache:
            return bool(cache.keys("rq:worker:*"))

    await until(asleep)
    assert await worker.stop(within=5) == 0


async def test_two_workers_of_one_name_on_one_machine_are_refused(worker: WorkerProcess, site: Site) -> None:
    twin = WorkerProcess(site, worker.label)
    await twin.start()
    assert await asyncio.wait_for(twin.ended(), 90) == 1
    assert "runs on this machine already" in worker.said()


async def test_folders_of_workers_that_never_came_back_are_removed(site: Site) -> None:
    old, young = (Path(tempfile.gettempdir()) / f"archypix-worker-{os.getuid()}-gone-{age}" for age in ("old", "new"))
    for folder in (old, young):
        (folder / "job").mkdir(parents=True, exist_ok=True)
        (folder / "lock").touch()
    os.utime(old, (time.time() - 7200,) * 2)
    async with site.worker() as worker:
        await until(lambda: _said(worker, "works for"))
        assert not old.exists()
        assert young.exists()
    shutil.rmtree(young)


async def test_a_worker_needs_to_know_its_server(tmp_path: Path) -> None:
    done = archypix("worker", data=tmp_path)
    assert done.returncode == 1
    assert "ARCHYPIX_SERVER_URL" in done.stderr
    assert "ARCHYPIX_WORKER_SECRET" in done.stderr


async def test_a_worker_and_its_decoder_stay_small_and_log_no_secrets(alice: Person, site: Site) -> None:
    # A fork would share its memory with others.
    worker = WorkerProcess(site, "small", anew=True)
    await worker.start()
    try:
        await stays_small(worker, alice, site)
    finally:
        await worker.stop()


async def stays_small(worker: WorkerProcess, alice: Person, site: Site) -> None:
    ids = [(await alice.upload(slow_bytes(seed))).json["id"] for seed in range(3)]
    most = 0
    while any([(await alice.get(f"/pictures/{identifier}"))["state"] == "processing" for identifier in ids]):
        most = max(most, _memory(worker))
        await asyncio.sleep(0.1)
    # Sixty megapixels at once; ordinary photographs take a fifth of it.
    assert most < 400 << 20
    await until(lambda: _settled(worker))
    said = worker.said()
    assert site.secret not in said
    assert "/files/" not in said
    assert "s=" not in said


def _memory(worker: WorkerProcess) -> int:
    total = 0
    for process in [psutil.Process(worker.pid), *psutil.Process(worker.pid).children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.NoSuchProcess:
            continue
    return total


async def _settled(worker: WorkerProcess) -> bool:
    return _memory(worker) < 150 << 20
