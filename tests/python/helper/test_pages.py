"""The pages of the signals: docs/signals."""

from __future__ import annotations

import csv
import operator
import shutil
from pathlib import Path

import pytest
from command import call
from product_signals.errors import UserError
from product_signals.package import package_root
from product_signals.pages import (
    FEWEST,
    condition_words,
    signal_pages,
    verdict,
)

SEEDS = package_root() / "seeds"
PAGES = package_root() / "docs" / "signals"
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def seed(name: str) -> list[dict[str, str]]:
    return read(SEEDS / f"product_signals_config_{name}.csv")


SIGNALS = {row["signal"]: row for row in seed("signals")}
METRICS = {(row["entity"], row["metric"]): row for row in seed("metrics")}


def test_pages_in_the_tree_are_those_that_are_made() -> None:
    made = signal_pages(SEEDS, PAGES)
    assert set(made) == {f"{name}.md" for name in SIGNALS} | {"README.md"}
    assert made == {
        file.name: file.read_text(encoding="utf-8")
        for file in PAGES.glob("*.md")
    }, "run make pages"


@pytest.mark.parametrize(
    "signal",
    [k for k, v in SIGNALS.items() if v["severity"] in ("critical", "high")],
)
def test_what_is_urgent_warns_or_could_not_be_measured(signal: str) -> None:
    warns = [
        row["history"]
        for row in read(PAGES / "measurements.csv")
        if row["signal"] == signal
        and int(row["fired"]) >= FEWEST
        and float(row["lift_low"]) > 1
    ]
    page = (PAGES / f"{signal}.md").read_text(encoding="utf-8")
    assert len(warns) >= 2 or "Could not be measured" in page


@pytest.mark.parametrize(
    "condition",
    [
        row
        for row in seed("signal_conditions")
        if row["operator"] in COMPARE
        and row["value"].lstrip("-").replace(".", "").isdigit()
    ],
    ids=lambda row: "-".join(list(row.values())[:3]),
)
def test_the_condition_holds_on_one_side_of_its_edge(
    condition: dict[str, str],
) -> None:
    metric = METRICS[
        SIGNALS[condition["signal"]]["entity"], condition["metric"]
    ]
    words = condition_words(condition, metric, METRICS, seed("bands"))
    holds = COMPARE[condition["operator"]]
    value = float(condition["value"])
    assert holds(float(words["fires"].split()[0]), value)
    assert not holds(float(words["not"].split()[0]), value)


@pytest.mark.parametrize(
    ("signal", "metric", "words"),
    [
        ("account_inactive", "days_since_last_active", ("30 days", "29 days")),
        ("usage_flat", "score_band", ("0.01 to 49.99", "0.00 or 50")),
        ("ready_for_more", "score_band", ("50", "49.99")),
        ("expansion_opportunity", "size_band", ("50 to 499", "49 or 500")),
        (
            "licensed_never_used",
            "days_since_last_active",
            ("none: the user was never active", "any value"),
        ),
        (
            "ready_for_more",
            "lifecycle_stage",
            ("adopted or renewal", "anything else"),
        ),
        ("single_threaded", "lifecycle_stage", ("anything else", "trial")),
    ],
)
def test_both_sides_of_an_edge_in_words(
    signal: str, metric: str, words: tuple[str, str]
) -> None:
    (condition,) = (
        row
        for row in seed("signal_conditions")
        if row["signal"] == signal and row["metric"] == metric
    )
    found = condition_words(
        condition,
        METRICS[SIGNALS[signal]["entity"], metric],
        METRICS,
        seed("bands"),
    )
    assert (found["fires"], found["not"]) == words


def measured(fired: int, low: float, high: float) -> dict[str, str]:
    return {
        "history": "h",
        "missing_inputs": "",
        "fired": str(fired),
        "lift": str((low + high) / 2),
        "lift_low": str(low),
        "lift_high": str(high),
        "matched_lift": "1.1",
    }


ABOVE, BELOW = measured(99, 1.1, 1.9), measured(99, 0.2, 0.8)
NEITHER, RARE = measured(99, 0.5, 1.5), measured(9, 2, 3)
NEVER = measured(0, 0, 0)


@pytest.mark.parametrize(
    ("histories", "word", "sentence"),
    [
        ([ABOVE, ABOVE, NEITHER], "warns, 2 of 3", "chance on 2 of 3"),
        ([ABOVE, NEITHER], "warns, 1 of 2", "chance on only 1 of 2"),
        ([BELOW, NEITHER], "marks who stays, 1 of 2", "the contrary"),
        ([ABOVE, BELOW], "histories disagree", "left 0.50 to 1.50 times"),
        ([NEITHER, RARE], "no better than chance", "Every interval holds 1"),
        ([RARE, NEVER], "not measured", "it fired 9 (h) times"),
        ([NEVER], "not measured", "never fired"),
        ([NEVER | {"missing_inputs": "seats|plan"}], "not measured", "`plan`"),
        ([], "not measured", "newer than the measurements"),
    ],
)
def test_what_a_rule_was_worth(
    histories: list[dict[str, str]], word: str, sentence: str
) -> None:
    found = verdict({"entity": "account"}, histories)
    assert found[0] == word
    assert sentence in found[1]


def test_pages_of_signals_that_are_no_more_go(tmp_path: Path) -> None:
    shutil.copytree(PAGES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "gone.md").write_text("was a signal", encoding="utf-8")
    result = call("pages", tmp_path)
    assert result.exit_code == 0
    assert f"Wrote {len(SIGNALS) + 1} pages" in result.output
    assert not (tmp_path / "gone.md").exists()


def test_a_signal_without_a_why_is_named(tmp_path: Path) -> None:
    shutil.copytree(PAGES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "why.yml").write_text("new_signal: Because", encoding="utf-8")
    with pytest.raises(UserError, match=r"account_inactive.*new_signal"):
        signal_pages(SEEDS, tmp_path)
