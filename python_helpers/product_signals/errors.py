"""Errors that the user can fix."""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Characters that control a terminal, reverse its text or are invisible.
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

# How the system and DuckDB say that a disk is full. When DuckDB moves data out
# of memory, it keeps a tenth of the disk free.
_FULL = (
    os.strerror(errno.ENOSPC),
    os.strerror(errno.EDQUOT),
    "max_temp_directory_size",
)


class UserError(Exception):
    """An error that the user can fix; it says what, where and how.

    Args:
        problems: One message per problem, with the place, the value and the
            fix.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def as_text(value: str, kept: str = "") -> str:
    r"""Makes a text safe to print in a terminal.

    Args:
        value: Text from somebody else.
        kept: Control characters to keep, such as line breaks.

    Returns:
        The text with all other control characters written out, such as \x1b.
    """
    return _CONTROLS.sub(
        lambda found: (
            found[0]
            if found[0] in kept
            else found[0].encode("unicode_escape").decode("ascii")
        ),
        value,
    )


def refuse_existing(paths: Iterable[Path]) -> None:
    """Raises a UserError that names each file that is there already."""
    there = [path for path in paths if path.exists()]
    if there:
        raise UserError(
            *(
                f"{path}: is there already; move it away to write it anew"
                for path in there
            )
        )


@contextmanager
def needing(module: str, package: str, extra: str) -> Iterator[None]:
    """Says how to install a module that an import inside can't find."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise UserError(
            f"{package} is not installed; pip install"
            f" 'product-signals[{extra}]'"
        ) from error


def is_disk_full(error: BaseException) -> bool:
    """Whether the system, DuckDB or dbt says that a disk is full."""
    return any(sign in str(error) for sign in _FULL)


def disk_full(path: Path, error: BaseException) -> UserError:
    """Makes the error for a full disk.

    Args:
        path: The file that could not be written.
        error: The original error.

    Returns:
        A message with the path, the disk and the bytes it has left.
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
    """Makes the error for a name in another encoding than the terminal's."""
    return UserError(
        f"{error.object!a}: can't be read as text here; set LC_ALL=C.UTF-8, or"
        " rename it"
    )


def system_error(error: OSError, path: Path | None = None) -> UserError:
    """Puts an error of the system into words.

    Args:
        error: The original error.
        path: The file, if the error doesn't name one; without either, the
            error is about the command's output.

    Returns:
        A message with the path, the reason and the fix.
    """
    place = path or error.filename
    if is_disk_full(error) and place:
        return disk_full(Path(os.fsdecode(place)), error)
    reason = error.strerror or str(error)
    fix = _FIXES.get(error.errno or 0, "mend that, or name another")
    return UserError(f"{place or 'what is printed'}: {reason}: {fix}")
