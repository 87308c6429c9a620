"""The charts of the page: rows, drawings and words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import vl_convert
from markupsafe import Markup

from product_signals.report.facts import Row
from product_signals.report.words import counted, day_text, figure

_SPECS = Path(__file__).parent / "specs"

# The size and margins of the drawing on an account's page.
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 420, 140, 32, 8, 22


@dataclass
class Chart:
    """A chart, with everything that somebody who can't see it needs.

    Args:
        name: Its name in the page.
        spec: The file of its Vega-Lite spec, without endings; its rows are
            the data set of that name.
        title: The title above it.
        label: What it shows, in a sentence.
        rows: The data.
        head: The columns of the table below it.
        body: The rows of that table.
        legend: Words, by the class that has their colour.
    """

    name: str
    spec: str
    title: str
    label: str
    rows: list[Row]
    head: list[str]
    body: list[list[str]]
    legend: list[tuple[str, str]] = field(default_factory=list)
    compiled: Row = field(default_factory=dict)
    svg: Markup = field(default_factory=Markup)


def charts(facts: Row) -> dict[str, list[Chart]]:
    """Draws the charts of the page, by the part they are in.

    Args:
        facts: What gather() returned.
    """
    made = {
        "time": [
            *_grades(facts),
            *_trend(facts),
            *_actives(facts),
        ],
        "funnel": list(_funnels(facts)),
        "features": list(_features(facts)),
    }
    compiled: dict[str, Row] = {}
    for chart in (chart for part in made.values() for chart in part):
        if chart.spec not in compiled:
            compiled[chart.spec] = _compiled(chart.spec)
        chart.compiled = compiled[chart.spec]
        chart.svg = _drawn(chart)
    return made


def island(made: dict[str, list[Chart]]) -> Markup:
    """The script's data, as JSON that can't close its HTML element.

    Args:
        made: The charts.
    """
    content = {
        chart.name: {
            "spec": chart.compiled,
            "data": chart.spec,
            "columns": {
                column: [row[column] for row in chart.rows]
                for column in chart.rows[0]
            },
        }
        for part in made.values()
        for chart in part
    }
    text = json.dumps(content, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def grade_class(place: int | None, best: int | None) -> str:
    """The CSS class of a grade's colour; place 1 is the worst grade."""
    if place is None:
        return "grade-none"
    if place == best:
        return "grade-best"
    return "grade-worst" if place == 1 else "grade-middle"


def _compiled(name: str) -> Row:
    """Compiles a spec to Vega, without data."""
    spec = json.loads((_SPECS / f"{name}.vl.json").read_text("utf-8"))
    config = json.loads((_SPECS / "config.json").read_text("utf-8"))
    vega = vl_convert.vegalite_to_vega(
        {**spec, "config": {**config, **spec.get("config", {})}}
    )
    # Leave out what only checks or names the spec.
    return {
        key: value
        for key, value in vega.items()
        if key not in ("$schema", "description")
    }


def _drawn(chart: Chart) -> Markup:
    """Draws the chart for readers without scripts, as wide as the page."""
    spec = {
        **chart.compiled,
        "data": [
            {**data, "values": chart.rows} if data["name"] == chart.spec
            else data
            for data in chart.compiled["data"]
        ],
    }  # fmt: skip
    svg = vl_convert.vega_to_svg(spec)
    svg = re.sub(r'^(<svg [^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg)
    svg = re.sub(r"<title>.*?</title>", "", svg, flags=re.S)
    return Markup(svg)


def _between(days: list[date]) -> str:
    return f"Weekly, {day_text(days[0])} to {day_text(days[-1])}"


def _grades(facts: Row) -> Iterable[Chart]:
    rows = facts["history"]
    if not rows:
        return
    order = {row["grade"]: row["place"] for row in rows}
    names = sorted(
        {row["grade"] for row in rows},
        key=lambda grade: (order.get(grade) is None, -(order.get(grade) or 0)),
    )
    classes = {
        name: grade_class(order[name], facts["best_place"]) for name in names
    }
    counts = {(row["day"], row["grade"]): row["accounts"] for row in rows}
    days = sorted({row["day"] for row in rows})
    newest = ", ".join(
        f"{counts.get((days[-1], name), 0):,} {name}" for name in names
    )
    yield Chart(
        name="grades",
        spec="grades",
        title="Accounts by health grade",
        label=f"{_between(days)}. On the last day: {newest}.",
        rows=[
            {
                "day": day.isoformat(),
                "grade": name,
                "place": names.index(name),
                "accounts": counts[day, name],
                "colour": f"var(--{classes[name]})",
                "tip": f"{day_text(day)}: {counts[day, name]:,} {name}",
            }
            for day in days
            for name in names
            if (day, name) in counts
        ],
        head=["Day", *names],
        body=[
            [
                day_text(day),
                *(f"{counts.get((day, name), 0):,}" for name in names),
            ]
            for day in reversed(days)
        ],
        legend=[(classes[name], name) for name in names],
    )


def _trend(facts: Row) -> Iterable[Chart]:
    means = []
    for day, group in groupby(facts["history"], lambda row: row["day"]):
        rows = list(group)
        means.append(
            (
                day,
                *(
                    _mean(
                        sum(row[total] or 0 for row in rows),
                        sum(row[count] for row in rows),
                    )
                    for total, count in (
                        ("health", "healths"),
                        ("score", "scores"),
                    )
                ),
            )
        )
    if not means:
        return
    days = [day for day, *_ in means]
    first, last = means[0], means[-1]
    yield Chart(
        name="trend",
        spec="trend",
        title="Mean health and score",
        label=(
            f"{_between(days)}. Of live accounts, health {figure(first[1])} to"
            f" {figure(last[1])}, score {figure(first[2])} to"
            f" {figure(last[2])}; both 0 to 100."
        ),
        rows=[
            {
                "day": day.isoformat(),
                "measure": measure,
                "value": value,
                "colour": colour,
                "dash": dash,
                "tip": f"{day_text(day)}: mean {measure} {figure(value)}",
            }
            for day, health, score in means
            for measure, value, colour, dash in (
                ("health", health, "var(--accent)", [1, 0]),
                ("score", score, "var(--second)", [5, 3]),
            )
            if value is not None
        ],
        head=["Day", "Health", "Score"],
        body=[
            [day_text(day), figure(health, 1), figure(score, 1)]
            for day, health, score in reversed(means)
        ],
        legend=[("line-accent", "health"), ("line-second", "score, dashed")],
    )


def _mean(total: Any, count: int) -> float | None:
    return round(float(total) / count, 2) if count else None


def _actives(facts: Row) -> Iterable[Chart]:
    if facts["actives"] is None:
        return
    rows = facts["actives"]["history"]
    days = [row["day"] for row in rows]
    yield Chart(
        name="actives",
        spec="actives",
        title="Users active in 7 days",
        label=(
            f"{_between(days)}. Users {rows[0]['users']:,} to"
            f" {rows[-1]['users']:,}."
        ),
        rows=[
            {
                "day": row["day"].isoformat(),
                "users": row["users"],
                "tip": f"{day_text(row['day'])}: {row['users']:,} users,"
                f" {row['accounts']:,} accounts",
            }
            for row in rows
        ],
        head=["7 days up to", "Users", "Accounts"],
        body=[
            [
                day_text(row["day"]),
                f"{row['users']:,}",
                f"{row['accounts']:,}",
            ]
            for row in reversed(rows)
        ],
    )


def _funnels(facts: Row) -> Iterable[Chart]:
    groups = groupby(facts["funnel"] or [], lambda row: row["checklist"])
    for number, (checklist, group) in enumerate(groups, 1):
        steps = list(group)
        rates = [100 * row["met"] / row["accounts"] for row in steps]
        lowest = min(range(len(steps)), key=rates.__getitem__)
        yield Chart(
            name=f"funnel-{number}",
            spec="funnel",
            title=f"Checklist {checklist.replace('_', ' ')}",
            label=(
                f"Of {counted(steps[0]['accounts'], 'live account')}, fewest"
                " have met"
                f" “{steps[lowest]['step']}”: {steps[lowest]['met']:,}"
                f" ({rates[lowest]:.0f} %)."
            ),
            rows=[
                {
                    "step": row["step"],
                    "step_order": row["step_order"],
                    "rate": round(rate, 2),
                    "label": f"{rate:.0f} %",
                    "tip": f"{row['step']}: {row['met']:,} of"
                    f" {row['accounts']:,} accounts",
                }
                for row, rate in zip(steps, rates, strict=True)
            ],
            head=[
                "Step",
                "Met",
                "Of accounts",
                "Rate",
                "Met, of the last 90 days' sign-ups",
            ],
            body=[
                [
                    row["step"],
                    f"{row['met']:,}",
                    f"{row['accounts']:,}",
                    f"{rate:.0f} %",
                    f"{row['new_met']:,} of {row['new_accounts']:,}",
                ]
                for row, rate in zip(steps, rates, strict=True)
            ],
        )


def _features(facts: Row) -> Iterable[Chart]:
    rows = [
        row for row in facts["features"] or [] if row["breadth"] is not None
    ]
    if not rows:
        return
    days = sorted({row["day"] for row in rows})
    names = {
        row["feature"]: row["feature_name"] + (" ★" if row["is_key"] else "")
        for row in sorted(rows, key=lambda row: row["place"])
    }
    breadth = {(row["feature"], row["day"]): row["breadth"] for row in rows}
    yield Chart(
        name="features",
        spec="features",
        title="Share of active accounts that use it",
        label=(
            f"{_between(days)}, features of most points first; the stronger"
            " the colour, the more of the active accounts use it, 0 to 100 %."
            " ★ marks key features."
        ),
        rows=[
            {
                "day": row["day"].isoformat(),
                "feature": names[row["feature"]],
                "place": row["place"],
                "breadth": float(row["breadth"]),
                "tip": f"{names[row['feature']]}, {day_text(row['day'])}:"
                f" {figure(row['breadth'])} %, {row['accounts']:,} accounts,"
                f" {row['users']:,} users",
            }
            for row in rows
        ],
        head=["Feature, %", *(day_text(day) for day in reversed(days))],
        body=[
            [
                name,
                *(
                    figure(breadth.get((feature, day)))
                    for day in reversed(days)
                ),
            ]
            for feature, name in names.items()
        ],
    )


def account_chart(history: list[Row], opened: list[Row]) -> Row | None:
    """Returns the parts of the drawing of an account's health and score.

    Drawing hundreds of these with Vega would take longer than everything else.

    Args:
        history: Its rows, one per day, in order.
        opened: Its signals.

    Returns:
        Lines as lists of points, marks on days with a new signal, days on which
        another profile measures it, and words.
    """
    if len(history) < 2:
        return None
    first, last = history[0]["day"], history[-1]["day"]
    span = (last - first).days

    def across(day: date) -> float:
        share = (day - first).days / span
        return round(_LEFT + share * (_WIDTH - _LEFT - 8), 1)

    def up(value: Any) -> float:
        height = _HEIGHT - _TOP - _BOTTOM
        return round(_TOP + (1 - float(value) / 100) * height, 1)

    marks: dict[date, list[str]] = {}
    for signal in opened:
        if first <= signal["opened_on"] <= last:
            marks.setdefault(signal["opened_on"], []).append(
                signal["signal_name"]
            )
    others = [
        (
            across(now["day"]),
            f"profile {before['profile']} on {day_text(before['day'])},"
            f" {now['profile']} on {day_text(now['day'])}",
        )
        for before, now in pairwise(history)
        if None not in (before["profile"], now["profile"])
        and before["profile"] != now["profile"]
    ]
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "left": _LEFT,
        "grid": [(value, up(value)) for value in (0, 50, 100)],
        "first": first,
        "last": last,
        "lines": {
            name: [
                " ".join(
                    f"{across(row['day'])},{up(row[name])}" for row in part
                )
                for part in _known(history, name)
            ]
            for name in ("health", "score")
        },
        "marks": [
            (across(day), f"{day_text(day)}: {', '.join(names)}")
            for day, names in sorted(marks.items())
        ],
        "others": others,
        "label": "; ".join(
            [
                f"{name} {figure(history[0][name])} on {day_text(first)},"
                f" {figure(history[-1][name])} on {day_text(last)}"
                for name in ("health", "score")
            ]
            + [words for _, words in others]
        ),
    }


def _known(rows: list[Row], name: str) -> Iterable[list[Row]]:
    """Yields runs of days on which a figure is known."""
    for unknown, group in groupby(rows, lambda row: row[name] is None):
        if not unknown:
            yield list(group)
