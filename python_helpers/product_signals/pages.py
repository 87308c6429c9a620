"""One page per signal, from its rows in the seeds and its measurements."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from product_signals.errors import UserError

Row = dict[str, str]

# Openings that a history needs before it says anything about a rule.
FEWEST = 10
# Metrics in these units have two decimals, all others none.
_DECIMAL = ("0-100", "percent", "score points", "score points a week")
_SHOWN = {"0-100": "", "percent": "%", "by size_column": "", "rank": ""}
_WORDS = {
    "=": "",
    "!=": "not",
    ">": "above",
    ">=": "at least",
    "<": "below",
    "<=": "at most",
    "in": "one of",
    "not_in": "none of",
    "is_null": "unknown",
    "is_not_null": "known",
}
# The nearest values that meet the condition and that don't, in steps from the
# threshold.
_EDGES = {
    "=": (0, 1),
    "!=": (1, 0),
    ">": (1, 0),
    ">=": (0, -1),
    "<": (-1, 0),
    "<=": (0, 1),
}


def signal_pages(seeds: Path, folder: Path) -> dict[str, str]:
    """Returns the pages of the package's own signals.

    Args:
        seeds: The folder of the package's seeds.
        folder: The folder with why.yml, which says why each signal matters,
            and with measurements.csv, predictions.csv and bands.csv from
            write_truth().

    Returns:
        File name -> text: `<signal>.md` for each signal, and a README.md that
        lists them.

    Raises:
        UserError: why.yml lacks a signal, or has one that doesn't exist.
    """

    def seed(name: str) -> list[Row]:
        return _read(seeds / f"product_signals_config_{name}.csv")

    why = yaml.safe_load((folder / "why.yml").read_text(encoding="utf-8"))
    signals = {row["signal"]: row for row in seed("signals")}
    if amiss := sorted(why.keys() ^ signals.keys()):
        raise UserError(
            f"{folder / 'why.yml'}: {', '.join(amiss)} should be in both this"
            " file and the seed of signals, or in neither"
        )
    metrics = {(row["entity"], row["metric"]): row for row in seed("metrics")}
    bands, conditions = seed("bands"), seed("signal_conditions")
    actions = seed("signal_actions")
    measured = _read(folder / "measurements.csv")
    jinja = Environment(
        loader=PackageLoader("product_signals", ""),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages, listed = {}, []
    for name, signal in signals.items():
        groups: dict[str, list[Row]] = {}
        for row in conditions:
            if row["signal"] == name:
                metric = metrics[signal["entity"], row["metric"]]
                groups.setdefault(row["condition_group"], []).append(
                    condition_words(row, metric, metrics, bands)
                    | {"subject": metric["subject_type"]}
                )
        histories = [row for row in measured if row["signal"] == name]
        word, worth = verdict(signal, histories)
        listed.append({**signal, "word": word})
        pages[f"{name}.md"] = jinja.get_template("signal_page.md.j2").render(
            signal=signal,
            names={key: row["signal_name"] for key, row in signals.items()},
            product=[k for k, v in signals.items() if v["entity"] == "product"],
            groups=list(groups.values()),
            why=why[name].strip(),
            actions=[row for row in actions if row["signal"] == name],
            histories=histories,
            worth=worth,
        )
    pages["README.md"] = jinja.get_template("signal_index.md.j2").render(
        signals=listed,
        fewest=FEWEST,
        predictions=_read(folder / "predictions.csv"),
        bands=_read(folder / "bands.csv"),
    )
    return pages


def write_pages(seeds: Path, folder: Path) -> int:
    """Writes the pages and removes those of signals that no longer exist.

    Args:
        seeds: As in signal_pages().
        folder: As in signal_pages(); the pages are written there, too.

    Returns:
        The number of pages.

    Raises:
        UserError: As in signal_pages().
    """
    pages = signal_pages(seeds, folder)
    for stale in folder.glob("*.md"):
        if stale.name not in pages:
            stale.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(pages)


def condition_words(
    condition: Row, metric: Row, metrics: dict, bands: Iterable[Row]
) -> Row:
    """Puts a condition into words, with the values on both sides of its edge.

    Args:
        condition: A row of the seed signal_conditions.
        metric: Its metric, a row of the seed metrics.
        metrics: All metrics, by entity and name, because a band belongs to
            another metric.
        bands: The rows of the seed bands.

    Returns:
        `what` and `condition`, in words; `fires` and `not`, the nearest values
        that meet it and that don't; `stays`, the condition that keeps a signal
        open, or "".
    """
    operator, value = condition["operator"], condition["value"]
    number = metric["value_type"] == "number" and operator in _EDGES
    shown = _figure(value, metric) if number else value.replace("|", ", ")
    words = {
        "what": f"{metric['description']} (`{metric['metric']}`)",
        "condition": f"{_WORDS[operator]} {shown}".strip(),
        "stays": "",
    }
    if clear := condition["clear_value"]:
        words["stays"] = f"{_WORDS[operator]} " + (
            _figure(clear, metric) if number else clear.replace("|", ", ")
        )
    names = value.split("|")
    within = [
        row
        for row in bands
        if metric["unit"] == "band"
        and row["metric"].startswith(metric["metric"].removesuffix("_band"))
        and row["band"] in names
    ]
    if within and operator in ("=", "in"):
        base = metrics[metric["entity"], within[0]["metric"]]
        low, high = within[0]["lower_bound"], within[-1]["upper_bound"]
        inside, outside = (
            [_figure(bound, base, n) for bound, n in edges if bound]
            for edges in (((low, 0), (high, -1)), ((low, -1), (high, 0)))
        )
        return words | {
            "what": f"{base['description']} (`{base['metric']}`)",
            "fires": " to ".join(inside),
            "not": " or ".join(outside),
        }
    if operator in ("is_null", "is_not_null"):
        edge = f"none: {metric['null_means']}", "any value"
        fires, other = edge if operator == "is_null" else edge[::-1]
    elif number:
        fires, other = (_figure(value, metric, n) for n in _EDGES[operator])
    else:
        edge = shown.replace(", ", " or "), "anything else"
        fires, other = edge if operator in ("=", "in") else edge[::-1]
    return words | {"fires": fires, "not": other}


def verdict(signal: Row, histories: list[Row]) -> tuple[str, str]:
    """Says what a signal was worth, in a few words and in a sentence.

    Args:
        signal: Its row of the seed signals.
        histories: Its rows of measurements.csv.
    """
    told = [row for row in histories if int(row["fired"]) >= FEWEST]
    if not told:
        reason = _unmeasured(signal, histories)
        return "not measured", f"Could not be measured: {reason}."
    above = [row for row in told if float(row["lift_low"]) > 1]
    below = [row for row in told if float(row["lift_high"]) < 1]
    lifts, matched = _between(told, "lift"), _between(told, "matched_lift")
    left = f"accounts it fired on left {lifts} as often as others."
    if above and below:
        word = "histories disagree"
        text = f"Histories disagree: {left}"
    elif above:
        word = f"warns, {len(above)} of {len(told)}"
        only = "only " if len(above) < min(2, len(told)) else ""
        text = (
            f"Better than chance on {only}{len(above)} of {len(told)}"
            f" histories: {left}"
        )
    elif below:
        word = f"marks who stays, {len(below)} of {len(told)}"
        text = (
            f"Not a warning, on {len(below)} of {len(told)} histories the"
            f" contrary: {left}"
        )
    else:
        word = "no better than chance"
        text = f"No better than chance: {left} Every interval holds 1."
    if matched:
        text += f" Against accounts active on as many days: {matched}."
    return word, text


def _unmeasured(signal: Row, histories: list[Row]) -> str:
    """Says why a signal has no verdict."""
    if signal["entity"] == "product":
        return "it is about all accounts together, so there is none to follow"
    if not histories:
        return "it is newer than the measurements"
    if all(row["missing_inputs"] for row in histories):
        missing = "|".join(row["missing_inputs"] for row in histories)
        names = ", ".join(
            f"`{name}`" for name in sorted(set(missing.split("|")))
        )
        return f"it needs {names}, which these histories lack"
    fired = [
        f"{row['fired']} ({row['history']})"
        for row in histories
        if int(row["fired"])
    ]
    if fired:
        return f"it fired {', '.join(fired)} times, and {FEWEST} are needed"
    return "it never fired on these histories, on an account that counts"


def _between(rows: list[Row], column: str) -> str:
    """The range of a figure, such as "0.90 to 1.20 times"."""
    figures = sorted(
        {f"{float(row[column]):.2f}" for row in rows if row[column]}, key=float
    )
    ends = figures[:1] + figures[-1:] * (len(figures) > 1)
    return " to ".join(ends) + " times" if ends else ""


def _figure(value: str, metric: Row, steps: int = 0) -> str:
    """A value plus a number of steps, with its unit."""
    step = Decimal("0.01") if metric["unit"] in _DECIMAL else Decimal(1)
    number = Decimal(value) + steps * step if steps else Decimal(value)
    unit = _SHOWN.get(metric["unit"], metric["unit"])
    if abs(number) == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{number:f} {unit}".strip()


def _read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
