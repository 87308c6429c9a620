"""A first configuration from the events that there are."""

from __future__ import annotations

import re
from math import ceil

import duckdb
import yaml

from product_signals.config import unseedable
from product_signals.errors import UserError
from product_signals.inputs import InputFile, load_inputs
from product_signals.package import starter_config

# Events of merely being there, and events that the product makes by itself.
_NO_SUCCESS = re.compile(
    r"\b(log|sign)(ged|ed)? ?(in|out|on)\b|\bsession|\bpage ?view|"
    r"\bscreen ?view|\bheartbeat|\bping\b|\bidentify\b|\berror",
)
_RISK = re.compile(r"\b(export|delete|remove|pause|cancel|archive)")
_MOST_KEY_FEATURES = 10
_STEPS = 5
# YAML's keys end somewhere beyond.
_LONGEST_NAME = 1000


def starter_text(events: InputFile | None = None) -> str:
    """The text of a configuration file to start from.

    Args:
        events: A file of events; its event names take the place of those of
            the package's default, each a feature of its own. The most widely
            used ones are key features and make the first checklist.

    Returns:
        Commented YAML. The weights are a guess that is the user's to better.

    Raises:
        UserError: The file can't be read, or has no events.
    """
    text = starter_config().read_text(encoding="utf-8")
    text = re.sub(r"^# yaml-language-server.*\n#\n", "", text)
    text = _replaced(text, "seed_prefix", " my_product_signals\n")
    if events is None:
        return text
    found = _by_users(events)
    names = [name for name in found if not _left_out(name)]
    if not names:
        raise UserError(f"{events.path}: has no events; give a file that has")
    done = [name for name in names if not _is(_NO_SUCCESS, name)]
    safe = [name for name in done if not _is(_RISK, name)] or done or names
    text = _replaced(
        text,
        "events",
        "\n"
        + "".join(f"  # {note}\n" for note in _notes(found))
        + "".join(map(_event, names)),
    )
    text = _replaced(
        text,
        "features",
        "\n"
        + "".join(
            f"  {_quoted(name)}:"
            f" {{is_key: {str(name in safe[:_MOST_KEY_FEATURES]).lower()}}}\n"
            for name in (done or names)
        ),
    )
    steps = "".join(
        f"      {_quoted(name)}: {{event_name: {_quoted(name)}}}\n"
        for name in safe[:_STEPS]
    )
    text = _reachable_bands(text, len(safe[:_STEPS]))
    return _replaced(
        text,
        "checklists",
        "\n  first_use:\n    entity: account\n    steps:\n"
        + steps
        + "  first_steps:\n    entity: user\n    steps:\n"
        + steps,
    )


def _reachable_bands(text: str, steps: int) -> str:
    """Bands of the activation rate that so many steps can reach."""
    bounds = {
        name: round(100 * ceil(share * steps) / steps, 2)
        for name, share in (("medium", 0.4), ("high", 0.8))
    }
    if bounds["medium"] == bounds["high"]:
        bounds.pop("medium")
    listed = ", ".join(f"{name}: {bound:g}" for name, bound in bounds.items())
    return re.sub(
        r"^  activation_rate:.*$",
        f"  activation_rate: {{low: , {listed}}}",
        text,
        flags=re.MULTILINE,
    )


def _by_users(events: InputFile) -> list[str]:
    """Event names, the ones that most users have first."""
    with duckdb.connect() as connection:
        load_inputs(connection, {"events": events})
        return [
            row[0]
            for row in connection.execute(
                "select trim(cast(event_name as text)) from raw.events"
                " where trim(cast(event_name as text)) <> ''"
                " group by 1 order by count(distinct user_id) desc, 1"
            ).fetchall()
        ]


def _notes(names: list[str]) -> list[str]:
    """Which events are left out, and why."""
    return [
        f"Left out: {_quoted(name[:60])}{'…' if len(name) > 60 else ''}"
        f" {reason}."
        for name in names
        if (reason := _left_out(name))
    ]


def _event(name: str) -> str:
    if _is(_NO_SUCCESS, name):
        return f"  {_quoted(name)}: {{weight: 1, daily_cap: 1}}\n"
    risk = _is(_RISK, name)
    return (
        f"  {_quoted(name)}:\n"
        f"    {{feature: {_quoted(name)}, counts_as_activity: true,"
        f" weight: {1 if risk else 5}, daily_cap: 3"
        f"{', is_risk: true' if risk else ''}}}\n"
    )


def _is(kind: re.Pattern, name: str) -> bool:
    """Whether a name is of a kind: UserLoggedIn reads as user logged in."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", " ", name)
    return kind.search(words.lower()) is not None


def _replaced(text: str, key: str, value: str) -> str:
    """The text with another value for a top-level key."""
    return re.sub(
        rf"^{key}:.*\n(?:[ ].*\n)*",
        lambda _: f"{key}:{value}",
        text,
        flags=re.MULTILINE,
    )


def _quoted(name: str) -> str:
    """A name as YAML, on one line, whatever is in it."""
    return yaml.safe_dump(
        name, default_style='"', allow_unicode=True, width=float("inf")
    ).rstrip("\n")


def _left_out(name: str) -> str | None:
    """Why a name can't be in the file; None if it can."""
    if len(_quoted(name)) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME:,} characters"
    return unseedable(name)
