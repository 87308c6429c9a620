"""Errors that are the user's to mend."""

from __future__ import annotations

import errno
import os
import re
import shutil
from pathlib import Path

# What would steer a terminal, turn the order of what it shows, or not be seen.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

_FIXES = {
    errno.EACCES: "you may not; change its permissions, or name another",
    errno.EPERM: "you may not; change its permissions, or name another",
    errno.EROFS: "the disk is read-only; name a place on another",
    errno.EISDIR: "it is a folder; name a file",
    errno.ENOTDIR: "a part of the path is not a folder; name another",
    errno.EEXIST: "a part of the path is not a folder; name another",
    errno.ENOENT: "there is no such place; name another",
    errno.ENAMETOOLONG: "the name is too long; name a shorter one",
}

# How the system and DuckDB say that a disk is full; DuckDB leaves a tenth of
# a disk alone when it moves data out of memory.
_FULL = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EDQUOT),
    "max_temp_directory_size",
)


class UserError(Exception):
    """Something the user can mend: says what, where and how.

    Args:
        problems: One message each, naming the place, the value and the fix.
    """

    def __init__(self, *problems: str) -> None:
        """Takes one message a problem."""
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def as_text(value: str, kept: str = "") -> str:
    r"""A text that a terminal shows and does not obey.

    Args:
        value: Text of other people's.
        kept: Control characters that stay, such as the end of a line.

    Returns:
        The text with every other control character written out, as \x1b.
    """
    return _CONTROLS.sub(
        lambda found: (
            found[0]
            if found[0] in kept
            else found[0].encode("unicode_escape").decode("ascii")
        ),
        value,
    )


def is_disk_full(error: BaseException) -> bool:
    """Whether an error of the system, DuckDB or dbt says so."""
    return any(sign in str(error) for sign in _FULL)


def disk_full(path: Path, error: BaseException) -> UserError:
    """The error of a disk without room.

    Args:
        path: The file that could not be written.
        error: What was said.

    Returns:
        A message that names the path, the disk and the bytes it has left.
    """
    disk = path.absolute()
    while not (os.path.ismount(disk) or disk == disk.parent):
        disk = disk.parent
    free = shutil.disk_usage(disk).free
    first_line = next(
        line.strip()
        for line in str(error).splitlines()
        if any(sign in line for sign in _FULL)
    )
    return UserError(
        f"{path}: the disk {disk} is full, {free:,} bytes are free; make room,"
        f" or name a place on another disk ({first_line})"
    )


def not_text(error: UnicodeEncodeError) -> UserError:
    """The error of a name that is in another encoding than the terminal's."""
    return UserError(
        f"{error.object!a}: can't be read as text here; set LC_ALL=C.UTF-8, or"
        " rename it"
    )


def system_error(error: OSError, path: Path | None = None) -> UserError:
    """What the system refused, in words.

    Args:
        error: The refusal.
        path: What it is about, where the error does not say; without one,
            it is what the command prints.

    Returns:
        A message that names the path, the reason and the fix.
    """
    place = path or error.filename
    if is_disk_full(error) and place:
        return disk_full(Path(os.fsdecode(place)), error)
    reason = error.strerror or str(error)
    fix = _FIXES.get(error.errno or 0, "mend that, or name another")
    return UserError(f"{place or 'what is printed'}: {reason}: {fix}")
