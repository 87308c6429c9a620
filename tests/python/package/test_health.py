"""Health of accounts: its components, and what is refused (H1–H5).

tests/golden/expected.csv has its figures, and test_definitions.py compares
those of random worlds.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from golden import AS_OF_DATE, golden_world
from product_signals.config import read_config
from product_signals.errors import UserError
from product_signals.explain import explanation, print_explanation
from product_signals.gate import check_config, check_seeds
from product_signals.package import starter_config
from product_signals.public_tables import in_database
from product_signals.screen import print_screen
from product_signals.seeds import write_seeds
from rich.console import Console
from warehouse import Warehouse

SMALL = """\
events:
  work: {weight: 5, counts_as_activity: true}
profiles:
  main: {}
health:
  any:
    any:
"""
LINE = "      it: {metric: habit, floor: 0, ceiling: 60, weight: 1}\n"


def scores(golden: Warehouse) -> dict[str, dict[str, Any]]:
    return {
        row["account_id"]: row
        for row in golden.rows("from product_signals__accounts")
    }


def test_contributions_add_up_to_the_score(golden: Warehouse) -> None:
    """H3: exactly, for every account; weights add up to 100 percent."""
    accounts = scores(golden)
    sums: dict[str, list[Decimal]] = {}
    for row in golden.rows("from product_signals__health_components"):
        points, weight = sums.get(row["account_id"], [Decimal(0), Decimal(0)])
        sums[row["account_id"]] = [
            points + (row["contribution"] or 0),
            weight + (row["applied_weight"] or 0),
        ]
        if row["contribution"] is not None:
            exact = row["value"] * row["applied_weight"] / 100
            assert abs(row["contribution"] - exact) < Decimal("0.02"), row
    known = {
        account: row["health_score"]
        for account, row in accounts.items()
        if row["health_score"] is not None
    }
    assert len(known) > 20
    assert len(set(known.values())) > 10
    for account, score in known.items():
        points, weight = sums[account]
        assert points == score, account
        assert abs(weight - 100) <= Decimal("0.02"), account


def test_what_is_missing_is_named_and_never_zero(golden: Warehouse) -> None:
    """H2: for today's components."""
    missing: dict[str, list[str]] = {}
    for row in golden.rows(
        "from product_signals__health_components order by component"
    ):
        names = missing.setdefault(row["account_id"], [])
        assert (row["value"] is None) == (row["metric_value"] is None)
        assert (row["contribution"] is None) == (row["value"] is None)
        if row["value"] is None:
            names.append(row["component"])
            assert row["applied_weight"] in (None, 0)
    for account, row in scores(golden).items():
        if row["lifecycle_stage"] == "churned":
            assert account not in missing
            assert row["health_score"] is None
            assert "health_score: the account has left" in row["null_reasons"]
            continue
        assert (row["health_missing"] or "").split("|") == (
            missing[account] or [""]
        )
        assert (row["health_score"] is None) == (row["health_coverage"] == 0)
        assert (row["health_score"] is None) == (
            "health_score: no component has a value"
            in (row["null_reasons"] or "")
        )


def test_a_reason_is_one_sentence(golden: Warehouse) -> None:
    """H3: for every account with a score, and for no other."""
    for row in scores(golden).values():
        reason = row["health_reason"]
        assert (reason is None) == (row["health_score"] is None), row
        if reason:
            assert len(reason) <= 255
            assert "unknown" not in reason
            best = row["health_grade"] == "green"
            assert (" keeps it up most: " in reason) == best, reason
            assert (" pulls it down most: " in reason) != best, reason


def test_health_is_there_for_every_live_account_on_every_day(
    golden: Warehouse,
) -> None:
    """H4: h1_all has had its known figures since its first day."""
    rows = golden.rows(
        "select * from product_signals__accounts_daily"
        " where account_id in ('h1_all', 'h3_age_42') order by as_of_date"
    )
    ages = [row for row in rows if row["account_id"] == "h3_age_42"]
    assert [row["as_of_date"] for row in ages] == [
        AS_OF_DATE - timedelta(days=42 - age) for age in range(43)
    ]
    for age, row in enumerate(ages):
        expected = (Decimal(60 - age) / Decimal("0.6")).quantize(
            Decimal("0.01")
        )
        assert row["health_score"] == expected
        # 30 of 60 days are half of all points.
        change = None if age < 30 else Decimal(-50)
        assert row["health_change"] == change, age
        # A new account may be unwell for lack of time: H3 says how new it is.
        told = row["health_reason"].endswith(f"; signed up {age} days ago")
        assert told == (24 < age < 30), row["health_reason"]
    assert {row["health_score"] for row in rows if row not in ages} == {65}
    assert (
        golden.rows(
            "from product_signals__accounts_daily where stage_gap is null"
            " or expected_stage is null or health_coverage is null"
        )
        == []
    )


def test_readiness_for_a_learned_score(golden: Warehouse) -> None:
    """H5: counts of event types, days and outcomes; never a warning."""
    [row] = golden.rows(
        "from product_signals__data_health"
        " where check_name = 'learned_score_readiness'"
    )
    world = golden_world()
    types = len({event["event_name"] for event in world.events})
    first = min(event["occurred_at"] for event in world.events).date()
    left = golden.rows(
        "select count(*) as n from product_signals__accounts"
        " where lifecycle_stage = 'churned' or days_since_last_active >= 180"
    )[0]["n"]
    days = (AS_OF_DATE - first).days + 1
    assert row["detail"].endswith(
        f"to learn a score from: {types} event types (15 needed), {days} days"
        f" of history (180 needed), {left} accounts that left or are lost"
        " (30 needed)"
    )
    assert 0 < left < 30
    assert row["detail"].startswith("too little ")
    assert row["value"] == (types >= 15) + (days >= 180)
    assert (row["status"], row["threshold"]) == ("ok", 3)


def test_the_screen_has_health_and_its_reason(golden: Warehouse) -> None:
    text = StringIO()
    print_screen(golden.database, Console(file=text, width=200), 200)
    [card] = [
        card
        for card in text.getvalue().split("\n\n")
        if ". f9_seats80\n" in card
    ]
    assert "; health 1 (red); " in card
    assert " Health: Money pulls it down most: MRR 1\n" in card


def test_explain_shows_what_health_is_made_of(golden: Warehouse) -> None:
    """H3: for programs and for people."""
    with in_database(golden.database) as ask:
        explained = explanation(ask, "h2_no_debt")
    health = explained["health"]
    assert health["health_score"] == Decimal("68.75")
    assert health["health_missing"] == "debt"
    assert [
        (part["component"], part["contribution"])
        for part in health["components"]
    ] == [
        ("money", Decimal("50.00")),
        ("people", Decimal("18.75")),
        ("debt", None),
    ]
    text = StringIO()
    print_explanation(explained, Console(file=text, width=200))
    for expected in (
        "Health 68.75 (green), +0 in 30 days",
        "Money keeps it up most: MRR 80",
        "From 80 % of the weight; not known: debt",
    ):
        assert expected in text.getvalue()


def test_the_defaults_are_a_mix_for_trials_and_one_for_all_others() -> None:
    """H1: as measured, and without any change of score among them."""
    shown = read_config(starter_config()).health
    assert list(shown) == ["any", "trial"]
    [mix] = shown["any"].values()
    assert max(mix, key=lambda name: mix[name].weight) == "habit"
    assert not any("change" in part.metric for part in mix.values())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            LINE.replace("habit", "habbit"),
            'line 8: health.any.any.it.metric "habbit" is not a metric of'
            " accounts; did you mean habit?",
        ),
        (
            LINE.replace("metric: habit", "metric: plan"),
            'health.any.any.it.metric "plan" is a text, and health is made of'
            " numbers",
        ),
        (
            LINE.replace("metric: habit", "metric: health_score"),
            'health.any.any.it.metric "health_score" comes from the health'
            " score itself",
        ),
        (
            LINE.replace("ceiling: 60", "ceiling: 0"),
            'health.any.any.it.ceiling "0.0" is the floor, too: nothing lies'
            " between 0 and 100; write what makes 100",
        ),
        (
            LINE.replace("weight: 1", "weight: 0"),
            'health.any.any.weight "0.0" is the highest weight there, so'
            " nothing makes a score",
        ),
    ],
)
def test_what_cannot_be_right_is_refused(
    tmp_path: Path, lines: str, message: str
) -> None:
    """H1: with the line of the file, the value and the fix."""
    path = tmp_path / "product_signals.yml"
    path.write_text(SMALL + LINE, encoding="utf-8")
    check_config(read_config(path), path)
    path.write_text(SMALL + lines, encoding="utf-8")
    with pytest.raises(UserError) as error:
        check_config(read_config(path), path)
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            SMALL + LINE.replace("weight: 1", "weight: -1"),
            'health.any.any.it.weight "-1" input should be greater than or',
        ),
        (
            SMALL + LINE.replace("floor: 0, ", ""),
            "health.any.any.it.floor is missing; add it",
        ),
        (
            SMALL.replace("  any:\n    any", "  trail:\n    any") + LINE,
            "'trial', 'onboarding', 'adopted', 'renewal' or 'any'",
        ),
        (
            SMALL + LINE.replace("it:", '"a|b":'),
            "has a |, which separates the items of a list",
        ),
    ],
)
def test_what_is_not_a_mix_is_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "product_signals.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_config(path)
    assert message in str(error.value)


def test_a_seed_edited_by_hand_is_checked(tmp_path: Path) -> None:
    """H1: a repeated component is refused with the line of the file."""
    write_seeds(read_config(starter_config()), tmp_path)
    path = tmp_path / "product_signals_config_health_components.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    assert rows[1] == ",,habit,habit,0,60,75"
    rows[2:2] = [
        ",,habit,score,0,100,1",
        "trial,gold,habit,score,0,100,1",
        "trail,,habit,score,0,100,much",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with pytest.raises(UserError) as error:
        check_seeds(tmp_path)
    found = str(error.value)
    for expected in (
        "health_components.csv, line 2 (",
        '"any, any, habit" is the key of 2 rows; keep one of them',
        'lifecycle_stage "trail" is not a valid value; write one of trial,',
        'weight "much" is not a valid value; write a number from 0',
    ):
        assert expected in found, found
    assert len(found.splitlines()) == 3, found
