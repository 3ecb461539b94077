"""A throw-away S3 of moto's making: `python -m tests.storage.moto FOLDER` prints its endpoint as one line of JSON."""

from __future__ import annotations

import json
import logging
import sys

from moto.server import ThreadedMotoServer


def main() -> None:
    """Start, tell the address, and wait for the end of the input."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    print(json.dumps({"endpoint": f"http://{host}:{port}", "access_key": "key", "secret_key": "secret"}), flush=True)
    sys.stdin.read()
    server.stop()


if __name__ == "__main__":
    main()
