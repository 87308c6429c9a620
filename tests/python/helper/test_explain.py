"""How an account or a user is doing (M9), in a file and through a profile.

Also on a server: pytest --engine postgres or snowflake.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pytest
from command import call
from product_signals.config import Config
from product_signals.explain import _number
from product_signals.package import package_root
from typer.testing import Result
from warehouse import Warehouse

NOON = datetime(2024, 3, 10, 12)
ODD = 'O\'Brien \\ 100%_ {0} "Söhne" ? 🙂'
ACCOUNTS = {
    "a1": ("Acme Ltd", "acme.com"),
    "a2": ("Acme Ltd Research", "research.acme.com"),
    "a3": (ODD, "obrien.example"),
    "a4": ("Twin", None),
    "a5": ("TWIN", "twin.example"),
    "a6": (None, None),
    **{f"m{n}": (f"Shop number {n}", None) for n in range(7)},
}
USERS = {
    "u1": ("Ann Lee", "ann@acme.com", "a1"),
    "u2": ("Ann Lee", "ann@obrien.example", "a3"),
    "u3": ("Zoë", None, "a6"),
    "a1": ("Somebody else", None, "a2"),
    "u4": (None, "nobody@example.com", None),
}
CONFIG = Config.model_validate(
    {
        "seed_prefix": "explained",
        "events": {
            "work": {"counts_as_activity": True, "weight": 2},
            "play": {"weight": 1},
        },
        "profiles": {
            "main": {"min_population": 1},
            "week": {"min_population": 1, "period_days": 7, "priority": 9},
        },
        "signals": {
            "new_account": {
                "entity": "account",
                "severity": "high",
                "description": "new",
                "teams": ["success"],
                "groups": [
                    [{"metric": "tenure_days", "operator": "<", "value": 99}]
                ],
                "actions": [{"team": "success", "action": "Say hello"}],
            }
        },
    }
)
# What is short for everybody: no account has three users.
FEW = "few users or events"
# Moves public tables to another schema, as in docs/warehouse.md.
ELSEWHERE = """
{% macro generate_schema_name(custom_schema_name, node) %}
    {% if node.name.startswith('product_signals__') %}
        {% do return(target.schema ~ '_marts') %}
    {% endif %}
    {% do return(default__generate_schema_name(custom_schema_name, node)) %}
{% endmacro %}
"""

Explain = Callable[..., Result]


def explain(*arguments: object) -> Result:
    return call("explain", *arguments)


@pytest.fixture(scope="module")
def warehouse(warehouse_factory: Callable[[str], Warehouse]) -> Warehouse:
    warehouse = warehouse_factory("explained")
    warehouse.load(
        events=[
            {
                "event_id": f"{user}-{name}-{day}",
                "user_id": user,
                "event_name": name,
                "occurred_at": NOON.replace(day=day),
                "loaded_at": NOON,
            }
            for user in ("u1", "u2", "u3")
            for name in ("work", "play")
            for day in range(1, 11)
        ],
        users=[
            {
                "user_id": key,
                "full_name": name,
                "email": email,
                "account_id": account,
                "created_at": NOON.replace(month=1),
                "deactivated_at": {"u4": NOON, "u3": NOON.replace(month=4)}.get(
                    key
                ),
            }
            for key, (name, email, account) in USERS.items()
        ],
        accounts=[
            {
                "account_id": key,
                "account_name": name,
                "domain": domain,
                "created_at": NOON.replace(month=1),
            }
            for key, (name, domain) in ACCOUNTS.items()
        ],
    )
    warehouse.configure(CONFIG, ["events", "users", "accounts"])
    macros = warehouse.project / "macros"
    macros.mkdir()
    (macros / "elsewhere.sql").write_text(ELSEWHERE, encoding="utf-8")
    warehouse.build()
    return warehouse


@pytest.fixture(scope="module")
def in_file(warehouse: Warehouse) -> Explain:
    return lambda *arguments: explain(
        *arguments, "--database", warehouse.database
    )


@pytest.fixture(scope="module")
def in_project(warehouse: Warehouse) -> Iterator[Explain]:
    server = warehouse.server
    with patch.dict(os.environ, server.environment if server else {}):
        yield lambda *arguments: explain(
            *arguments, "--project-dir", warehouse.project
        )


def found(result: Result) -> tuple[str, str]:
    assert result.exit_code == 0, result.output
    explained = json.loads(result.stdout)
    return explained["entity"], explained["id"]


@pytest.mark.parametrize(
    ("what", "subject"),
    [
        (["a1"], ("account", "a1")),
        (["a1", "--entity", "user"], ("user", "a1")),
        ([" A6 "], ("account", "a6")),
        # An equal text comes before a beginning, and that before a part.
        (["ACME ltd"], ("account", "a1")),
        (["Acme Ltd R"], ("account", "a2")),
        (["research"], ("account", "a2")),
        (["Shop number 3"], ("account", "m3")),
        (["Acme.COM"], ("account", "a1")),
        ([ODD], ("account", "a3")),
        (["%_"], ("account", "a3")),
        (["\\"], ("account", "a3")),
        (["🙂"], ("account", "a3")),
        (["SÖHNE"], ("account", "a3")),
        (["so\u0308hne"], ("account", "a3")),
        (["u1"], ("user", "u1")),
        (["ANN@acme.com"], ("user", "u1")),
        (["zoë"], ("user", "u3")),
        (["nobody@example.com"], ("user", "u4")),
    ],
)
def test_who_is_meant(
    in_file: Explain, what: list[str], subject: tuple[str, str]
) -> None:
    assert found(in_file(*what, "--json")) == subject


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (
            "twin",
            '"twin": may be any of 2; give the id of one, and --entity user if'
            " an account has the same:\n"
            "  account a4, Twin, adopted\n"
            "  account a5, TWIN, twin.example, adopted\n",
        ),
        (
            "ann lee",
            "  user u1, Ann Lee, ann@acme.com, of Acme Ltd\n"
            f"  user u2, Ann Lee, ann@obrien.example, of {ODD}\n",
        ),
        (
            "shop",
            "  account m3, Shop number 3, adopted\n"
            "  account m4, Shop number 4, adopted\n"
            "  and 2 more\n",
        ),
        (
            "Acmee Ltd",
            '"Acmee Ltd": no account or user has this id, name, domain or'
            " email; did you mean one of these?\n"
            "  account a1, Acme Ltd, acme.com, adopted\n",
        ),
        ("shpo number 8", "did you mean one of these?\n  account m0, Shop"),
        (
            "x\x1b[2J'; drop table accounts --",
            '"x\\x1b[2J\'; drop table accounts --": no account or user has'
            " this id, name, domain or email; look them up in"
            " product_signals__accounts and product_signals__users\n",
        ),
        ("  ", '"": is empty; give an account\'s id, name or domain, or a'),
        ("\udcff", "'\\udcff': can't be read as text here"),
    ],
)
def test_nobody_or_several(in_file: Explain, what: str, message: str) -> None:
    result = in_file(what, "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n  account") <= 5


def test_for_programs(in_file: Explain) -> None:
    result = in_file("a1", "--json")
    assert result.stdout.isascii()
    explained = json.loads(result.stdout)
    assert {
        key: value
        for key, value in explained.items()
        if not isinstance(value, list | dict)
    } == {
        "entity": "account",
        "id": "a1",
        "name": "Acme Ltd",
        "account_id": "a1",
        "account_name": "Acme Ltd",
        "domain": "acme.com",
        "email": None,
        "deactivated_at": None,
        "deactivated_on": None,
        "as_of_date": "2024-03-10",
        "lifecycle_stage": "adopted",
        "expected_stage": explained["expected_stage"],
        "habit": explained["habit"],
        "confidence": "medium",
        "confidence_reason": FEW,
        "lead": None,
        "next_action": "Say hello",
    }
    assert isinstance(explained["habit"], float)
    main, week = explained["scores"]
    assert (main["profile"], main["is_main_profile"]) == ("main", True)
    assert (week["profile"], week["is_main_profile"]) == ("week", False)
    assert {"score", "previous_score", "score_change", "score_band"} < set(main)
    assert set(explained["bands"]) == {
        "tenure",
        "size",
        "activation",
        "active_user",
        "score",
        "adoption",
        "habit",
    }
    assert explained["metrics"]["known_users"] == 1
    assert explained["metrics"]["size_value"] is None
    for score in (main, week):
        parts = [
            part["points"]
            for part in explained["components"]
            if part["profile"] == score["profile"]
        ]
        assert len(parts) == 2
        assert sum(parts) == pytest.approx(score["raw_score"])
    [signal] = explained["signals"]
    assert signal["signal"] == "new_account"
    assert signal["reason"]
    assert signal["now"]
    assert signal["actions"] == ["success: Say hello"]
    assert [part["metric"] for part in signal["evidence"]] == ["tenure_days"]
    # A user has the same keys, and the components of the user's own score.
    user = json.loads(in_file("u1", "--json").stdout)
    assert list(user) == list(explained)
    assert (user["email"], user["account_id"]) == ("ann@acme.com", "a1")
    assert user["account_name"] == "Acme Ltd"
    assert user["signals"] == []
    assert user["confidence"] == "medium"
    assert user["confidence_reason"] == FEW
    assert user["next_action"] is None
    page = (package_root() / "docs" / "explain.md").read_text("utf-8")
    for key in explained:
        assert f"`{key}`" in page, key


def test_for_people(in_file: Explain) -> None:
    result = in_file("u2")
    assert result.exit_code == 0, result.output
    for expected in (
        f"Ann Lee (u2) on 2024-03-10, user of {ODD} (a3)",
        "What made the ",
        "points of main",
        "No signal is open.",
    ):
        assert expected in result.output
    assert "known" not in result.output
    assert f"Confidence in the score: medium ({FEW})\n" in result.output
    result = in_file("u4")
    assert (
        "nobody@example.com (u4) on 2024-03-10, user of no account,"
        " deactivated on 2024-03-10\n"
    ) in result.output
    assert json.loads(in_file("u4", "--json").stdout)["deactivated_at"] == (
        "2024-03-10T12:00:00"
    )
    # A day ahead is a notice.
    assert ", to be deactivated on 2024-04-10\n" in in_file("u3").output
    result = in_file("a1")
    for expected in (
        "Scores",
        "week",
        f"Confidence in the score: medium ({FEW})\n",
        "→ success: Say hello",
        "Next: Say",
    ):
        assert expected in result.output
    # An account that does nothing still has a score, but no step or slope.
    result = in_file("a4")
    assert re.search(r"engagement +│ +0 │ +│ new +│", result.output)
    assert "Nothing has earned points." in result.output
    for unknown in ("last step", "slope"):
        assert unknown not in result.output


def test_tables_from_before_the_upgrade(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    """What 0.3 didn't have is unknown until the next dbt build."""
    older = Warehouse(tmp_path)
    shutil.copy(warehouse.database, older.database)
    for row in older.rows(
        "select schema_name || '.' || table_name as place, column_name"
        " from duckdb_columns() where column_name like 'confidence%'"
        " and table_name like 'product!_signals!_!_%' escape '!'"
    ):
        older.execute("alter table {place} drop {column_name}".format(**row))
    for what in ("a1", "u1"):
        result = explain(what, "--json", "--database", older.database)
        assert found(result)[1] == what
        assert json.loads(result.stdout)["confidence"] is None
        printed = explain(what, "--database", older.database).stdout
        assert "Confidence" not in printed


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (1234567.25, "g", "1234567.25"), (12345.678, "+g", "+12345.68"),
        (83.19, "g", "83.19"), (5530, "g", "5530"), (0.004321, "g", "0.004321"),
        (0.5, ".4f", "0.5000"), (None, "g", "–"),
    ],
)  # fmt: skip
def test_no_digit_of_points_is_lost(
    value: float | None, form: str, text: str
) -> None:
    """L2: contributions sum to the score; a million points were 1e+06."""
    assert _number(value, form=form) == text


def test_through_a_profile(in_project: Explain, in_file: Explain) -> None:
    """The same explanation, from wherever dbt builds."""
    assert in_project("a3").output == in_file("a3").output
    for what in ("a1", ODD, "Zoë"):
        result = in_project(what, "--json")
        assert result.exit_code == 0, result.output
        assert json.loads(result.stdout) == json.loads(
            in_file(what, "--json").stdout
        )
    result = in_project("it's %s", "--json")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "no account or user has this id" in result.stderr


def test_a_profile_that_will_not_do(
    in_project: Explain, warehouse: Warehouse, tmp_path: Path
) -> None:
    for arguments, message in (
        (["--target", "x"], "does not have a target named 'x'"),
        (["--profile", "x"], "Could not find profile named 'x'"),
        (["--database", "x.duckdb"], "--database and --schema are for a"),
    ):
        result = in_project("a1", *arguments)
        assert result.exit_code == 1
        assert message in result.stderr
    result = explain("a1", "--project-dir", tmp_path)
    assert f"error: {tmp_path}: has no dbt_project.yml;" in result.stderr
    profiles: dict[str, Any] = {
        "product_signals": {
            "target": "no_adapter",
            "outputs": {
                "no_adapter": {"type": "oracle"},
                "empty": {
                    "type": "duckdb",
                    "path": str(tmp_path / "empty.duckdb"),
                },
            },
        }
    }
    (tmp_path / "profiles.yml").write_text(json.dumps(profiles))
    result = in_project("a1", "--profiles-dir", tmp_path)
    assert result.exit_code == 1
    assert "dbt-oracle is not installed; " in result.stderr
    result = in_project("a1", "--profiles-dir", tmp_path, "--target", "empty")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert 'schema "main_marts" does not exist' in result.stderr
    assert "LINE 1" not in result.stderr
    assert "or run dbt build there first" in result.stderr


def test_a_project_without_the_package(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "dbt_project.yml").write_text(
        json.dumps({"name": "other", "profile": "product_signals"})
    )
    (tmp_path / "profiles.yml").write_text(
        json.dumps(
            {
                "product_signals": {
                    "target": "run",
                    "outputs": {"run": {"type": "duckdb"}},
                }
            }
        )
    )
    result = explain("a1", "--project-dir", tmp_path)
    assert result.exit_code == 1
    assert "has no model product_signals__accounts; add" in result.stderr


def test_the_page_from_the_warehouse(
    warehouse: Warehouse, in_project: Explain, tmp_path: Path
) -> None:
    """Byte for byte the page made from the same tables in a file."""
    pages = []
    for option, place in (
        ("--project-dir", warehouse.project),
        ("--database", warehouse.database),
    ):
        out = tmp_path / f"{option}.html"
        result = call("report", option, place, "--out", out)
        assert result.exit_code == 0, result.output
        pages.append(out.read_text("utf-8"))
    assert pages[0] == pages[1]
    text = unescape(" ".join(pages[0].split()))
    assert "As of 10 Mar 2024, from 60 events (0 rejected)" in text
    assert f'<p class="big">{len(ACCOUNTS)}</p>' in text
    assert f"in {len(ACCOUNTS)} accounts: {len(ACCOUNTS)} high." in text
    assert text.count("<article") == len(ACCOUNTS)
    assert f"<bdi>{ODD}</bdi>" in text
    assert text.count("10 Jan 2024</time> Signed up") == len(ACCOUNTS)


def test_one_day_is_not_many(warehouse: Warehouse, tmp_path: Path) -> None:
    copy = Path(shutil.copy(warehouse.database, tmp_path / "one.duckdb"))
    with duckdb.connect(str(copy)) as connection:
        [(schema,)] = connection.execute(
            "select schema_name from duckdb_tables()"
            " where table_name = 'product_signals__users'"
        ).fetchall()
        connection.execute(
            f"update {schema}.product_signals__users set active_days_90d = 1"
        )
    shown = explain("u1", "--database", copy, "--schema", schema).output
    assert "1 active day of 90" in shown
