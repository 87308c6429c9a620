"""Figures and days as the page writes them."""

from __future__ import annotations

from datetime import date
from math import floor
from typing import Any
from urllib.parse import quote


def figure(value: Any, decimals: int = 0, sign: str = "") -> str:
    """A number with thousands separators; a dash if it is unknown."""
    if value is None:
        return "–"
    text = f"{float(value):{sign},.{decimals}f}"
    if not text.strip("+-0."):
        text = text.lstrip("+-")  # zero has no sign
    return text.replace("-", "−")


def floored(value: Any) -> str:
    """A score or rate that stays in its band: rounded down from 1 on."""
    if value is None or value < 1:
        return figure(value, 2).removesuffix("0").removesuffix(".0")
    return figure(floor(value))


def amount(value: Any) -> str:
    """An amount, with cents only if it has some."""
    return figure(value, 2).removesuffix(".00")


def percent(part: Any, whole: Any) -> str:
    """A share in percent; a dash if the whole is zero."""
    return f"{100 * float(part or 0) / float(whole):.0f} %" if whole else "–"


def rate(value: Any, decimals: int = 0) -> str:
    """A percentage; a dash if it is unknown."""
    return "–" if value is None else f"{figure(value, decimals)} %"


def day_text(day: date | None) -> str:
    """A day, in the shortest form that nobody misreads."""
    return f"{day.day} {day:%b %Y}" if day else "–"


def plain(name: str | None) -> str:
    """A name from the configuration as people read it."""
    return (name or "").replace("_", " ")


def counted(number: int, noun: str) -> str:
    """A number of things, such as 1 day or 1,200 days."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ago(days: int) -> str:
    """How long ago that is, as reasons say it."""
    if days == 0:
        return "less than a day ago"
    return f"{figure(days)} day{'' if days == 1 else 's'} ago"


def anchor(account_id: str) -> str:
    """The anchor of an account's page, the same in every report."""
    return f"account-{quote(account_id, safe='')}"
