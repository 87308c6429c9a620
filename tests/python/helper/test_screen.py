"""The first screen: what it says is true, complete, and can be acted on."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command import call
from product_signals.errors import as_text
from product_signals.screen import print_screen
from rich.cells import cell_len
from rich.console import Console

WIDTHS = [60, 80, 120]
LAST_DAY = date(2024, 2, 28)
NASTY = "\x1b[2J\a\n[red]x[/red]:warning: [/]\u202e\x9b2J"

# Names that are markup, wide, right to left, very long or empty; ids that a
# shell would misread.
ACCOUNTS: list[dict[str, Any]] = [
    {"account_id": "id 1", "account_name": "[bold]Acme[/bold] :smile:"},
    {"account_id": 'it\'s "2"', "account_name": "漢字の会社株式" * 20},
    {"account_id": "--help", "account_name": "שלום עולם חברה בע״מ"},
    {"account_id": "$(touch id4)", "account_name": "👩‍👩‍👧 Family 🎉 " * 9},
    {"account_id": "id\x1b5\\n'\u202e\x85", "account_name": NASTY},
    {"account_id": "ïd; ls >6", "account_name": "x" * 300},
    {"account_id": "id7", "account_name": " "},
    {"account_id": "id8", "account_name": ""},
]
for place, account in enumerate(ACCOUNTS):
    account |= {
        # A first use is only known if the events cover the account's start.
        "created_at": "2024-01-10" if place < 5 else "2024-02-02",
        "mrr": ["1234567.5", "", "80"][place % 3],
        "csm": ["Zoë [i]Żak[/i]", "", "佐藤 " * 15][place % 3],
        "contract_ends_at": ["2024-03-20", ""][place % 2],
    }

CONFIG = """
events:
  work: {weight: 5, counts_as_activity: true, feature: feature_1}
features:
  feature_1: {feature_name: "Reports [b]and[/b] more", is_key: true}
profiles: {main: {min_population: 1}}
bands:
  score: {inactive: , low: 0.01, medium: 25, very_high: 50}
  habit: {low: , medium: 20, high: 60}
signals:
  first_use:
    signal_name: First use
    entity: account
    kind: event
    severity: critical
    description: x
    teams: [us]
    grace_days: 90
    groups: [[{metric: key_features_first_used, operator: ">=", value: 1}]]
    actions: [{team: us, action: "Ask [link=https://x.test]them[/link] \\e[2J"}]
  member:
    signal_name: Member of note
    entity: user
    severity: low
    description: x
    teams: [us]
    groups: [[{metric: score, operator: ">=", value: 0}]]
    actions: [{team: us, action: "Talk, and then talk again, and go on with it
      for as long as it takes, wherever they are"}]
"""
for signal in ("one", "two", "three"):
    CONFIG += f"""
  state_{signal}:
    signal_name: "State {signal} [red]of[/red] 事件"
    entity: account
    severity: {"high" if signal == "one" else "medium"}
    description: x
    teams: [us]
    groups: [[{{metric: tenure_days, operator: ">=", value: 10}}]]
    actions: [{{team: us, action: Do {signal}}}]
"""


def worked(number: int, day: int) -> bool:
    """Whether the user of an account did anything on a day of February."""
    return day % (2 + number) == 0


def write_csv(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("screen")
    files = {
        "accounts": ACCOUNTS,
        "users": [
            {
                "user_id": f"user_{number}",
                "account_id": account["account_id"],
                "created_at": account["created_at"],
                "full_name": f"Name {number} {NASTY}",
            }
            for number, account in enumerate(ACCOUNTS)
        ],
        "events": [
            {
                "event_id": f"{number} {day}",
                "user_id": f"user_{number}",
                "event_name": "work",
                "occurred_at": f"2024-02-{day:02}",
            }
            for number in range(len(ACCOUNTS))
            for day in range(1, 29)
            if worked(number, day)
        ],
    }
    config = folder / "config.yml"
    config.write_text(CONFIG, encoding="utf-8")
    database = folder / "built.duckdb"
    arguments = ["run", "--config", config, "--database", database]
    for name, rows in files.items():
        arguments += [f"--{name}", write_csv(folder / f"{name}.csv", rows)]
    arguments += ["--var", f"as_of_date={LAST_DAY}"]
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return database.rename(folder / "it's a {base}.duckdb")


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    """A copy of the database to change, with the name that commands expect."""
    return Path(shutil.copy(built, tmp_path / "product_signals.duckdb"))


def rows(database: Path, query: str) -> list[dict[str, Any]]:
    with duckdb.connect(str(database)) as connection:
        result = connection.execute(query)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def printed(
    database: Path, width: int = 80, accounts: int = 99, **options: Any
) -> str:
    file = StringIO()
    console = Console(
        file=file, width=width, markup=False, emoji=False, **options
    )
    print_screen(database, console, accounts)
    return file.getvalue()


def commands(text: str) -> list[str]:
    return [
        line.strip()
        for line in text.splitlines()
        if re.search(r"product-signals (explain|show) ", line)
    ]


def squashed(text: str) -> str:
    """A text without what wrapping adds or removes."""
    return re.sub(r"\s+", "", text)


def on_one_line(text: str) -> str:
    return " ".join(text.split())


def cards(database: Path) -> list[list[dict[str, Any]]]:
    """Rows of the work list by account, in the order of their first rows."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows(
        database, "from product_signals__work_list order by priority"
    ):
        found.setdefault(row["account_id"], []).append(row)
    return list(found.values())


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_too_long_and_nothing_is_cut(
    built: Path, width: int
) -> None:
    text = printed(built, width)
    wrapped = [
        line
        for line in text.splitlines()
        if not re.search(r"product-signals (explain|show) ", line)
    ]
    assert max(map(cell_len, wrapped)) <= width
    assert not any(line != line.rstrip() for line in wrapped)
    assert "…" not in text
    assert not set("\x1b\a\u202e\x9b\x85") & set(text)
    whole = squashed(text)
    names = {one["account_id"]: one["account_name"] for one in ACCOUNTS}
    assert len(cards(built)) == len(ACCOUNTS)
    for number, signals in enumerate(cards(built), 1):
        account_id = signals[0]["account_id"]
        name = names[account_id].strip() or account_id
        card = whole.partition(squashed(f"{number}. {as_text(name)}"))[2]
        assert card, name
        card = card.partition(f"{number + 1}.")[0]
        owner = signals[0]["owner"]
        assert squashed(f"owner {owner}" if owner else "no owner") in card
        value = signals[0]["account_value"]
        assert {
            None: "novalueknown",
            1234567.5: "MRR1,234,567.50",
            80.0: "MRR80;",
        }[value] in card
        for signal in signals[:3]:
            for column in ("signal_name", "reason", "now", "next_action"):
                expected = squashed(as_text(signal[column] or ""))
                assert expected in card, (name, column)
        others = Counter(signal["signal_name"] for signal in signals[3:])
        assert squashed(f"Also: {', '.join(others)}") in card


def test_a_terminal_shows_the_same_text(built: Path) -> None:
    shown = printed(built, force_terminal=True)
    assert "\x1b[1m" in shown
    assert re.sub(r"\x1b\[\d+m", "", shown) == printed(built)
    # A pipe gets the width of a screen unless told otherwise.
    program = Path(sys.executable).with_name("product-signals")
    result = subprocess.run(
        [program, "show", "--accounts", "99", "--database", built],
        env=os.environ | {"COLUMNS": "60", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    commands_of = re.compile(r"\S*product-signals (explain|show) .*")
    assert commands_of.sub("", result.stdout) == commands_of.sub(
        "", printed(built, 60)
    )


def test_labels_not_ids(built: Path, copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        # Signals of users normally come last; here they come first.
        connection.execute(
            "update product_signals__work_list"
            " set priority = priority - 1000 where entity = 'user'"
        )
    for database in (built, copy):
        text = printed(database, 120)
        for line in commands(text):
            text = text.replace(line, "")
        for account in ACCOUNTS:
            if account["account_name"].strip():
                assert as_text(account["account_id"]) not in text
        assert "user_" not in text
        assert "feature_1" not in text
    assert "(low): Name 0 \\x1b[2J" in printed(copy, 120)
    assert "First use (critical): Reports [b]and[/b] more" in printed(built)


def test_the_portfolio(built: Path) -> None:
    """Every figure on it, worked out a second time."""
    text = squashed(printed(built, 120))

    def active(last: date) -> int:
        """All events are in February, and each account has one user."""
        week = [(last - timedelta(days)).day for days in range(7)]
        return sum(
            any(worked(number, day) for day in week)
            for number in range(len(ACCOUNTS))
        )

    now, before = active(LAST_DAY), active(LAST_DAY - timedelta(7))
    change = f"{100 * (now - before) / before:+.0f} %"
    for name in ("users", "accounts"):
        assert (
            squashed(
                f"{now} {name} ({now - before:+} on the week before, {change})"
            )
            in text
        )
    bands = Counter(
        row["score_band"].replace("_", " ")
        for row in rows(built, "from product_signals__accounts")
    )
    ordered = ("very high", "medium", "low", "inactive")
    assert (
        squashed(
            f"Accounts: {len(ACCOUNTS)} live; by score "
            + ", ".join(f"{bands[b]} {b}" for b in ordered if bands[b])
        )
        in text
    )
    todo = [signal for card in cards(built) for signal in card]
    severities = Counter(signal["severity"] for signal in todo)
    assert (
        squashed(
            f"{len(todo)} to act on in {len(ACCOUNTS)} accounts ("
            + ", ".join(
                f"{severities[s]} {s}"
                for s in ("critical", "high", "medium", "low")
                if severities[s]
            )
        )
        in text
    )


def test_open_trials(copy: Path) -> None:
    """Says nothing without trials; else how they are doing and whom to call."""
    assert "Open trials" not in printed(copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "insert into product_signals__leads (account_id, account_name,"
            " lead_rank, owner, pql_state, expected_value) values"
            " ('t1', 'Two', 2, 'Ann', 'not_yet', 900),"
            " ('t2', 'One', 1, 'Bob', 'overdue', 100.5),"
            " ('t3', 'Over', null, 'Bob', 'not_yet', null)"
        )
    assert (
        "Open trials: 2 (1 overdue, 1 not yet), worth 1,000.50 by deal size ×"
        " likelihood; call first: One (owner Bob); all: product_signals__leads"
        in on_one_line(printed(copy))
    )
    with duckdb.connect(str(copy)) as connection:
        connection.execute("drop table product_signals__leads")
    assert "Open trials" not in printed(copy)


def test_a_week_without_one_before(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "delete from product_signals__activity_daily"
            f" where activity_date < date '{LAST_DAY}' - 12"
        )
    assert "no whole week before to compare" in on_one_line(printed(copy))


def test_what_is_not_known(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__work_list"
            " set owner = null, account_value = null, now = null;"
            "update product_signals__signals set account_value = null;"
            "update product_signals__accounts set csm = null, mrr = null,"
            " score = null, score_band = null, habit = null,"
            " health_score = null, health_reason = null;"
        )
    text = on_one_line(printed(copy))
    assert "8 live; by score 8 without a score" in text
    assert (
        "Not known of any account: money (no mrr or deal_size), owners (no csm)"
        in text
    )
    assert "no score yet; no habit yet" in text
    with duckdb.connect(str(copy)) as connection:
        connection.execute("update product_signals__accounts set score = 7")
    assert "8 live; by score 8 without a band" in printed(copy)
    # It is said once for all of them.
    assert "no owner" not in text
    assert "no value known" not in text
    assert "None" not in text
    assert "nan" not in text


@pytest.mark.parametrize("mrr", ["null", "0"])
def test_a_trial_has_a_deal_size(copy: Path, mrr: str) -> None:
    """F12: it was "not known", or "MRR 0", where other accounts have an MRR."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            f"update product_signals__work_list set account_value = {mrr};"
            f"update product_signals__accounts set mrr = {mrr},"
            " deal_size = 3000"
        )
    text = on_one_line(printed(copy))
    assert "deal size 3,000; score" in text
    assert "no value known" not in text
    assert "MRR 0" not in text


def test_a_contract_ends_on_the_day_that_rules_count_to(copy: Path) -> None:
    """In a time zone east of UTC, midnight is on the day before in UTC."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__accounts"
            " set contract_ends_at = timestamp '2024-03-19 23:00:00'"
            " where contract_ends_at is not null"
        )
    text = on_one_line(printed(copy))
    assert "contract ends on 20 March 2024" in text
    assert "19 March" not in text


def test_money_is_known_without_a_signal(copy: Path) -> None:
    """It was looked for in the signals, and none has fired on the first day."""
    with duckdb.connect(str(copy)) as connection:
        for name in ("work_list", "signals"):
            connection.execute(f"delete from product_signals__{name}")
        connection.execute("update product_signals__accounts set mrr = 10")
    assert "Not known of any account: money" not in printed(copy)


def test_nothing_to_do_and_nobody_there(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute("delete from product_signals__work_list")
    text = on_one_line(printed(copy))
    assert "; 0 to act on, 0 of news," in text
    assert "1. " not in text
    assert "more account" not in text
    with duckdb.connect(str(copy)) as connection:
        for table in ("accounts", "activity_daily", "signals"):
            connection.execute(f"delete from product_signals__{table}")
    text = on_one_line(printed(copy))
    assert "As of no day, from" in text
    assert "Accounts: 0 live Active in 7 days: not known" in text


def test_doubts_about_the_data_come_before_the_cards(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__data_health set status = 'error',"
            f" value = 7, detail = 'it is {'late ' * 40}'"
            " where check_name = 'freshness_days'"
        )
    before, _, after = on_one_line(printed(copy)).partition(
        f"Check the data, freshness_days: 7 (it is {'late ' * 39}late )"
    )
    assert "Open signals" in before
    assert "1. " in after


def test_doubts_say_what_is_wrong(copy: Path) -> None:
    """With the figure, and without one where there is none."""
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__data_health set status = 'warn',"
            " value = 1234567, detail = 'see the table: 2 no time'"
            " where check_name = 'rejected_rows';"
            "update product_signals__data_health set status = 'warn',"
            " value = null, detail = 'no event came'"
            " where check_name = 'freshness_days'"
        )
    text = on_one_line(printed(copy))
    assert "rejected_rows: 1,234,567 (see the table: 2 no time)" in text
    assert "freshness_days: no event came" in text


def test_one_is_not_many(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__activity_daily set active_7d = 1"
        )
        connection.execute(
            "update product_signals__data_health set value = 1"
            " where check_name = 'received_rows'"
        )
        connection.execute(
            "update product_signals__accounts set lifecycle_stage ="
            " case when account_id = (select min(account_id) from"
            " product_signals__accounts) then 'churned' else 'adopted' end"
        )
    text = on_one_line(printed(copy))
    assert "; 1 has left" in text
    assert "from 1 event (" in text
    assert "1 user (" in text
    assert "1 account (" in text


def test_the_product_as_a_whole(copy: Path) -> None:
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "update product_signals__work_list set account_id = null,"
            " account_name = null, owner = null, account_value = null,"
            " entity = 'product', entity_id = 'all', user_name = null,"
            " subject_type = null, subject_id = null"
            " where account_id = 'id7'"
        )
    text = printed(copy)
    assert re.search(r"^\d+\. The whole product\n   \S", text, re.M)
    assert len(commands(text)) == len(ACCOUNTS) - 1
    assert f"in {len(ACCOUNTS) - 1} accounts" in on_one_line(text)


def test_users_without_an_account(copy: Path) -> None:
    """They are not the whole product, and have a card of their own (F12)."""
    with duckdb.connect(str(copy)) as connection:
        for account, entity in (("id7", "product"), ("id8", "user")):
            connection.execute(
                "update product_signals__work_list set account_id = null,"
                " account_name = null, owner = null, account_value = null,"
                f" entity = '{entity}' where account_id = '{account}'"
            )
    text = printed(copy)
    for title in ("The whole product", "Users without an account"):
        assert len(re.findall(rf"^\d+\. {title}\n   \S", text, re.M)) == 1
    text = on_one_line(printed(copy, accounts=1))
    assert f"{len(ACCOUNTS) - 1} more accounts on the list" in text


def test_a_product_without_accounts(copy: Path) -> None:
    before = on_one_line(printed(copy))
    with duckdb.connect(str(copy)) as connection:
        connection.execute(
            "delete from product_signals__accounts;"
            "update product_signals__work_list set account_id = null,"
            " account_name = null, entity = 'user'"
        )
    text = on_one_line(printed(copy))
    assert text.startswith("As of 28 February 2024, from")
    [active] = re.findall("Active in 7 days: .*? Open", before)
    assert active in text
    assert "to act on (" in text


def shell(command: str, folder: Path) -> str:
    result = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env=os.environ | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=False,
    )
    assert result.returncode == 0, (command, result.stderr.decode())
    return result.stdout.decode()


def test_commands_run_as_they_are_printed(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.parent)
    before = sorted(built.parent.iterdir())
    first = printed(Path(built.name), 60)
    listed = cards(built)
    for command, signals in zip(commands(first), listed, strict=True):
        explained = shell(command, built.parent)
        name = signals[0]["account_name"] or signals[0]["account_id"]
        assert as_text(name.strip()) in explained
    assert sorted(built.parent.iterdir()) == before
    # The rest of the list.
    some = printed(Path(built.name), accounts=3)
    assert len(commands(some)) == 3 + 1
    assert f"{len(listed) - 3} more accounts on the list." in some
    assert shell(commands(some)[-1], built.parent) == printed(Path(built.name))
    assert "1 more account on" in printed(built, accounts=len(listed) - 1)
    assert "on the list." not in first


def test_the_usual_database_goes_without_saying(
    copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(copy.parent)
    text = printed(Path(copy.name), accounts=1)
    assert "--database" not in text
    for command in commands(text):
        assert shell(command, copy.parent)
