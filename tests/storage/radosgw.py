"""A throw-away Ceph object gateway: monitor, one OSD in memory and `radosgw`, on loopback, in one folder.

`python -m tests.storage.radosgw FOLDER` prints endpoint and keys as one line of JSON and runs until its standard input
ends. Nothing of it needs root, systemd or a configuration of the system. About 150 MB of memory while empty.
"""

from __future__ import annotations

import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

PROGRAMS = ("radosgw", "radosgw-admin", "ceph-mon", "ceph-osd", "ceph", "monmaptool")
START_WITHIN = 240.0
OSD_BYTES = 2 << 30
PR_SET_PDEATHSIG = 1

# The OSD keeps its objects in memory. `ms_mon_client_mode`: the gateway alone insists on encryption, which a cluster
# without authentication cannot do.
CONFIGURATION = """
[global]
fsid = {fsid}
mon_host = v2:127.0.0.1:{mon_port}
public_addr = 127.0.0.1
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
ms_mon_client_mode = crc
keyring = {folder}/keyring
run_dir = {folder}/run
admin_socket = {folder}/run/$name.asok
log_file = {folder}/$name.log
crash_dir = {folder}/run
mon_data = {folder}/mon
osd_data = {folder}/osd
mon_allow_pool_size_one = true
paxos_propose_interval = 0.02
paxos_min_wait = 0.01
mon_data_avail_crit = 1
mon_data_avail_warn = 1
osd_objectstore = memstore
memstore_device_bytes = {osd_bytes}
osd_crush_chooseleaf_type = 0
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_pool_default_pg_autoscale_mode = off
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_thread_pool_size = 32
rgw_bucket_default_quota_max_size = -1
"""


class Gateway:
    """The daemons, started one after another; `stop` ends them all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._children: list[subprocess.Popen[bytes]] = []
        self._conf = folder / "ceph.conf"
        self._port = _free_port()
        self.access_key = "archypix"
        self.secret_key = secrets.token_hex(20)

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start everything and make a user."""
        for name in ("mon", "osd", "run"):
            (self._folder / name).mkdir(parents=True)
        fsid, mon_port = str(uuid.uuid4()), _free_port()
        values = {"fsid": fsid, "mon_port": mon_port, "port": self._port, "osd_bytes": OSD_BYTES}
        self._conf.write_text(CONFIGURATION.format(folder=self._folder, **values))
        monmap = str(self._folder / "monmap")
        address = f"[v2:127.0.0.1:{mon_port}]"
        self._call("monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, monmap, configured=False)
        self._call("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap)
        self._spawn("ceph-mon", "-i", "a")
        osd_uuid = str(uuid.uuid4())
        self._call("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd_uuid)
        self._call("ceph", "osd", "new", osd_uuid, "0")
        self._spawn("ceph-osd", "-i", "0")
        self._spawn("radosgw", "-n", "client.rgw")
        keys = ("--access-key", self.access_key, "--secret-key", self.secret_key)
        self._call("radosgw-admin", "user", "create", "--uid", "archypix", "--display-name", "Archypix", *keys)
        self._wait()

    def stop(self) -> None:
        """End the daemons; there is nothing to save."""
        for child in self._children:
            child.kill()
        for child in self._children:
            child.wait()

    def _call(self, *words: str, configured: bool = True) -> None:
        where = ("-c", str(self._conf)) if configured else ()
        done = subprocess.run([words[0], *where, *words[1:]], capture_output=True, timeout=START_WITHIN)
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.decode(errors='replace')[-2000:]}")

    def _spawn(self, program: str, *words: str) -> None:
        command = [program, "-c", str(self._conf), *words, "-f"]
        with open(self._folder / f"{program}.out", "wb") as out:
            child = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, preexec_fn=_die_with_parent
            )
        self._children.append(child)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_WITHIN
        while time.monotonic() < deadline:
            for child in self._children:
                if child.poll() is not None:
                    raise RuntimeError(f"{child.args} ended with {child.returncode}")
            try:
                urllib.request.urlopen(self.endpoint, timeout=5).close()
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"radosgw did not answer within {START_WITHIN} s")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def main(folder: Path) -> None:
    """Start, tell the address, and wait for the end of the input."""
    # What the system's own Ceph would add, were there one.
    os.environ.pop("CEPH_ARGS", None)
    gateway = Gateway(folder)
    try:
        gateway.start()
        keys = {"access_key": gateway.access_key, "secret_key": gateway.secret_key}
        print(json.dumps({"endpoint": gateway.endpoint, **keys}), flush=True)
        sys.stdin.read()
    finally:
        gateway.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
