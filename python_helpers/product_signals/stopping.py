"""Ctrl-C and kill: what was being made is removed, and nothing else.

DuckDB holds the main thread for as long as a query takes, and dbt keeps
interrupts to itself. So a thread of its own waits for signals, removes what is
temporary and ends the process.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]

# Folders that hold nothing but what is being made.
_folders: set[Path] = set()
_stopped = Event()


@contextmanager
def temporary_folder(**where: str | Path) -> Iterator[Path]:
    """A folder that is gone afterwards, also after a signal.

    Args:
        where: As for tempfile.TemporaryDirectory.

    Yields:
        The folder, which nobody else may enter.
    """
    with tempfile.TemporaryDirectory(**where) as name:
        folder = Path(name)
        _folders.add(folder)
        try:
            yield folder
        finally:
            _folders.discard(folder)


@contextmanager
def minding_signals() -> Iterator[None]:
    """Ends the process in good order when it is told to stop.

    All temporary folders of the process are made in one, which is removed.
    """
    waiting, told = socket.socketpair()
    told.setblocking(False)
    for number in SIGNALS:
        # Who starts a command in the background may have switched one off.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(told.fileno())
    Thread(target=_wait, args=[waiting], daemon=True).start()
    with temporary_folder(prefix="product-signals-") as folder:
        usual = tempfile.tempdir
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = usual
            let_stop()
            for number in SIGNALS:
                if signal.getsignal(number) is not signal.SIG_IGN:
                    signal.signal(number, signal.SIG_DFL)
            signal.set_wakeup_fd(-1)
            told.close()


def let_stop() -> None:
    """Waits for the end, once a signal came: errors are its consequence."""
    if _stopped.is_set():
        Event().wait()


def _wait(waiting: socket.socket) -> None:
    received = waiting.recv(1)
    if not received:
        return  # the command is done
    [number] = received
    _stopped.set()
    for _ in range(10):  # other threads may be writing a last file
        for folder in list(_folders):
            shutil.rmtree(folder, ignore_errors=True)
        if not any(folder.exists() for folder in list(_folders)):
            break
    # A progress bar hides the cursor.
    shown = "\x1b[?25h\n" if sys.stderr and sys.stderr.isatty() else ""
    try:
        os.write(
            2,
            f"{shown}Stopped; nothing was harmed. A database is replaced only"
            " by one that is complete.\n".encode(),
        )
    finally:
        os._exit(128 + number)
