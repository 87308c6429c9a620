"""Removes unfinished work, and nothing else, on Ctrl-C or kill.

DuckDB holds the main thread for as long as a query takes, and dbt swallows
interrupts. So a separate thread waits for signals, removes temporary files and
ends the process.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

SIGNALS = [
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP")
    if hasattr(signal, name)
]

# Folders with nothing but unfinished work.
_folders: set[Path] = set()
_stopped = Event()


@contextmanager
def temporary_folder(**where: str | Path) -> Iterator[Path]:
    """Makes a folder that is removed afterwards, even after a signal.

    Args:
        where: As in tempfile.TemporaryDirectory.

    Yields:
        The folder, which only its owner can enter.
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
    """Cleans up when the process is told to stop, and ends it.

    All temporary folders of the process are made in one, which is removed.
    """
    waiting, told = socket.socketpair()
    told.setblocking(False)
    for number in SIGNALS:
        # A shell that starts a command in the background may ignore a signal.
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
    """After a signal, waits for the end: any error comes from the signal."""
    if _stopped.is_set():
        Event().wait()


def _wait(waiting: socket.socket) -> None:
    received = waiting.recv(1)
    if not received:
        return  # the command is done
    [number] = received
    _stopped.set()
    # A progress bar hides the cursor.
    shown = "\x1b[?25h\n" if sys.stderr and sys.stderr.isatty() else ""
    try:
        os.write(
            2,
            f"{shown}Stopped; nothing was harmed. A database is replaced only"
            " by one that is complete.\n".encode(),
        )
    finally:
        _remove_folders()
        os._exit(128 + number)


def _remove_folders() -> None:
    """Removes unfinished work, and what other threads still add to it.

    They make missing folders anew, until they come upon let_stop().
    """
    for _ in range(50):
        for folder in list(_folders):
            shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.02)
        if not any(folder.exists() for folder in list(_folders)):
            return
