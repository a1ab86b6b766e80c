"""A ClamAV daemon for the tests: Debian's own where it is installed, and a small one that speaks its protocol."""

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.factories.files import EICAR

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/bin:/sbin:/bin")


@contextmanager
def real(folder: Path) -> Iterator[str]:
    """Debian's clamd with one signature of our own (EICAR): nothing is downloaded. Yields its address."""
    base = folder / "signatures"
    base.mkdir()
    (base / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    at = folder / "clamd.sock"
    config = folder / "clamd.conf"
    config.write_text(f"DatabaseDirectory {base}\nLocalSocket {at}\nForeground yes\nLogFile {folder}/clamd.log\n")
    daemon = subprocess.Popen([str(CLAMD), "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            if at.exists() and daemon.poll() is None:
                break
            time.sleep(0.1)
        else:
            raise RuntimeError((folder / "clamd.log").read_text())
        yield f"unix:{at}"
    finally:
        daemon.terminate()
        daemon.wait(timeout=20)


@contextmanager
def fake(answer: bytes | None = None) -> Iterator[str]:
    """Speaks INSTREAM and VERSION over TCP. With `answer` it says just that to whatever it is handed."""
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=_serve, args=(server, answer), daemon=True)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    finally:
        # A thread that waits in accept() is not woken by closing.
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(timeout=5)


def _serve(server: socket.socket, answer: bytes | None) -> None:
    while True:
        try:
            line, _ = server.accept()
        except OSError:
            return
        with line, line.makefile("rb") as given:
            command = b""
            while not command.endswith(b"\0"):
                command += given.read(1)
            if command == b"zVERSION\0":
                line.sendall(b"ClamAV 1.4.6/fake\0")
                continue
            content = b""
            while size := int.from_bytes(given.read(4), "big"):
                content += given.read(size)
            found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
            line.sendall(found if answer is None else answer)
