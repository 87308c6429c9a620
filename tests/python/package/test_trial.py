"""The example with all inputs: it tells each story, and no column is empty."""

from __future__ import annotations

import csv
import gzip
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from product_signals.config import read_config
from product_signals.crm_fields import crm_fields
from product_signals.explain import explanation, print_explanation
from product_signals.package import (
    package_root,
    starter_config,
    trial_project,
)
from product_signals.public_tables import in_database
from questions import PROPERTIES, QUESTIONS
from rich.console import Console
from warehouse import Warehouse

# Tables that runs keep may have the project's own columns, or old ones.
NO_CONTRACT = {
    "product_signals__attribute_history",
    "product_signals__detected_signals",
}
# Refused rows may have no key.
NO_GRAIN = {"product_signals__rejected_events"}

# Columns that are always null in this example, and why.
EMPTY = {
    # An account is no longer live on the day it cancels.
    "accounts_daily.days_since_cancelled",
    # No input is missing here; some are in the CRM example.
    "signal_digest.missing_inputs",
    # Nobody leaves an audience in the first run.
    "audiences.left_on",
    # No alert closes or changes in the first run.
    "alerts_feed.close_reason",
    "alerts_feed.previous_severity",
    # There are too few accounts to suggest a weight.
    "suggested_weights.suggested_weight",
    "suggested_weights.suggested_low",
    "suggested_weights.suggested_high",
    "suggested_weights.weight_difference",
}


@pytest.fixture(scope="module")
def trial(warehouse_factory: Callable) -> Iterator[Warehouse]:
    warehouse = warehouse_factory("trial")
    warehouse.build_example("trial", "--exclude-resource-type", "test")
    with warehouse.held_open():
        yield warehouse


def described() -> Iterator[tuple[str, list[str]]]:
    """Yields each public table with its described columns."""
    for path in sorted((package_root() / "models").rglob("_*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in content.get("models", []):
            if model["name"].startswith("product_signals__"):
                columns = [column["name"] for column in model["columns"]]
                yield model["name"], columns


def test_every_column_has_a_value_somewhere(trial: Warehouse) -> None:
    empty = set()
    for table, columns in described():
        counts = ", ".join(f"count({column}) as {column}" for column in columns)
        [row] = trial.rows(f"select {counts} from {table}")
        short = table.removeprefix("product_signals__")
        empty |= {f"{short}.{key}" for key, count in row.items() if not count}
    assert empty == EMPTY


def test_a_crm_knows_every_choice(trial: Warehouse) -> None:
    """K4: every value of a picklist in the CRM tables is in its field."""
    found = set()
    for field in crm_fields(read_config(starter_config())):
        if not field.values:
            continue
        values = {
            value
            for row in trial.rows(
                f"select distinct {field.column} as given"
                f" from product_signals__{field.table}"
                f" where {field.column} is not null"
            )
            for value in (
                row["given"].split(";")
                if field.kind == "choices"
                else [row["given"]]
            )
        }
        assert values <= set(field.values), field
        found |= {(field.column, value) for value in values}
    assert len(found) > 30


def test_look_alikes_can_be_found_elsewhere(trial: Warehouse) -> None:
    """J4: with the select in docs/crm.md."""
    text = (package_root() / "docs" / "crm.md").read_text(encoding="utf-8")
    [query] = re.findall("```sql\n(.+?)```", text, re.DOTALL)
    rows = trial.rows(query)
    assert {row["audience"] for row in rows} == {
        "lookalike_accounts",
        "lookalike_users",
    }
    assert all(row["is_member"] and row["domain"] for row in rows)
    for row in rows:
        assert bool(row["email"]) == (row["audience"] == "lookalike_users")
    assert len({row["member_id"] for row in rows}) == len(rows) > 10


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_one_select(trial: Warehouse, question: str) -> None:
    """K5: as BI tools ask it, with an answer that makes sense."""
    asked = QUESTIONS[question]
    assert asked.select.split().count("select") == 1
    assert " over" not in asked.select
    rows = trial.rows(asked.select)
    assert rows
    assert len({tuple(row[key] for key in asked.grain) for row in rows}) == len(
        rows
    )
    assert asked.makes_sense(rows)


@pytest.mark.parametrize("name", PROPERTIES)
def test_what_bi_tools_read_agrees(trial: Warehouse, name: str) -> None:
    """K5."""
    assert trial.rows(PROPERTIES[name]) == []


def test_account_timeline_tells_the_story(trial: Warehouse) -> None:
    """K5: what changed in an account, and who came from another one."""
    rows = trial.rows(
        "select happened_on, what_happened"
        " from product_signals__account_timeline"
        " where account_name = 'Larkspur Foods' and subject = 'mrr'"
        " order by place"
    )
    assert [
        (f"{row['happened_on']:%m-%d}", row["what_happened"]) for row in rows
    ] == [
        ("08-04", "MRR: 3000 → 3600"),
        ("05-05", "MRR: 2400 → 3000"),
    ]
    rows = trial.rows(
        "select account_id, kind, happened_on"
        " from product_signals__account_timeline where kind like 'person_%'"
        " and user_id = (select user_id from trestle.memberships limit 1)"
        " order by happened_on, kind"
    )
    assert [(row["account_id"], row["kind"]) for row in rows] == [
        ("a20", "person_joined"),
        ("a21", "person_joined"),
        ("a20", "person_left"),
    ]
    assert rows[1]["happened_on"] == rows[2]["happened_on"]


def test_every_column_is_described_and_every_band_has_its_order() -> None:
    """K5: and every table is described, with a contract and a tested grain."""
    for path in sorted((package_root() / "models").rglob("_*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in content.get("models", []):
            name = model["name"]
            if not name.startswith("product_signals__"):
                continue
            assert model["description"], name
            settings = model.get("config", {})
            assert ("contract" in settings) == (name not in NO_CONTRACT), name
            tests = model.get("data_tests", [])
            assert any("grain" in t for t in tests) == (name not in NO_GRAIN)
            columns = [column["name"] for column in model["columns"]]
            for column in model["columns"]:
                assert column["description"], (name, column)
                if "__crm_" in name:
                    continue  # a CRM orders its picklists itself
                if re.search(
                    "^(?!previous_).*(_band|_grade|severity)$", column["name"]
                ):
                    assert f"{column['name']}_order" in columns, (name, column)


def test_the_data_are_what_their_script_makes(tmp_path: Path) -> None:
    data = trial_project() / "data"
    subprocess.run(
        [sys.executable, "-B", str(data / "make.py"), str(tmp_path)], check=True
    )
    files = sorted(path.name for path in data.glob("*.csv*"))
    assert files == sorted(path.name for path in tmp_path.iterdir())
    for name in files:
        assert content(data / name) == content(tmp_path / name), name
    assert sum((data / name).stat().st_size for name in files) < 400_000


def content(path: Path) -> bytes:
    """The content of a file, because packing differs between Pythons."""
    packed = path.read_bytes()
    return gzip.decompress(packed) if path.suffix == ".gz" else packed


# -- What comes of the stories: one section for each table ---------------------


@pytest.mark.parametrize(
    ("account", "stage", "activation_rate"),
    [
        ("Juniper Architects", "adopted", 100),
        ("Brightside Dental", "renewal", 100),
        ("Corvid Studios", "onboarding", 20),
        ("Ironbark Surveying", "churned", 40),
        ("Acorn Nurseries", "adopted", 100),  # a trial that was converted
        ("Lakeview Realty", "trial", 0),  # one that ran out
        ("Paragon Gyms", "churned", 60),  # one that was cancelled
        ("Marlow Bakery Group", "trial", 100),
        ("Ostrich & Sons", "trial", 50),
        ("Wagtail Toys", "trial", 75),
        ("Xanthos Energy", "trial", 25),
        ("Plumtree Homes", "trial", 0),
    ],
)
def test_accounts_stage_and_activation(
    trial: Warehouse, account: str, stage: str, activation_rate: float
) -> None:
    row = account_row(trial, account)
    assert row["lifecycle_stage"] == stage
    assert row["activation_rate"] == activation_rate


@pytest.mark.parametrize(
    ("account", "band"),
    [
        ("Marlow Bakery Group", "high"),
        ("Nightjar Audio", "high"),
        ("Ostrich & Sons", "medium"),
        ("Upland Wool", "medium"),
        ("Plumtree Homes", "low"),
        ("Quince Labs", "low"),
        ("Rusty Anchor Pubs", "low"),
        ("Thistle Yoga", "low"),
        ("Silverbirch Travel", "inactive"),
    ],
)
def test_accounts_engagement_of_trials_beside_trials(
    trial: Warehouse, account: str, band: str
) -> None:
    row = account_row(trial, account)
    assert (row["profile"], row["score_band"]) == ("trial", band)


def test_accounts_what_is_known_of_some(trial: Warehouse) -> None:
    assert account_row(trial, "Umber Ceramics")["is_free"] is True
    assert account_row(trial, "Vantage Metals")["agent_event_share"] > 10
    assert account_row(trial, "Vantage Metals")["capacity_used_rate"] == 92
    assert account_row(trial, "Larkspur Foods")["seats_used_rate"] > 90
    assert account_row(trial, "Willow Clinics")["user_turnover_rate"] == 40


def account_row(trial: Warehouse, account: str) -> dict:
    [row] = trial.rows(
        "select * from product_signals__accounts"
        f" where account_name = '{account}'"
    )
    return row


@pytest.mark.parametrize(
    ("account", "signal"),
    [
        ("Hartwell Logistics", "negative_survey"),
        ("Hartwell Logistics", "usage_declining"),
        ("Mosaic Events", "champion_lost"),
        ("Larkspur Foods", "expansion_opportunity"),
        ("Larkspur Foods", "seats_nearly_full"),
        ("Tern Travel", "login_only"),
        ("Willow Clinics", "user_turnover"),
        ("Yarrow Media", "score_rise"),
        ("Yarrow Media", "fast_adoption"),
    ],
)
def test_signals_open(trial: Warehouse, account: str, signal: str) -> None:
    """The story's signal is on the work list, with few other accounts."""
    rows = trial.rows(
        "select account_name from product_signals__work_list"
        f" where signal = '{signal}'"
    )
    assert account in {row["account_name"] for row in rows}
    assert len({row["account_name"] for row in rows}) <= 4


@pytest.mark.parametrize(
    ("signal", "name"),
    [
        ("negative_survey", "Hugo Fontaine"),
        ("champion_lost", "Zoe Larsen"),
        ("problem_user", "Greta Okoye"),
    ],
)
def test_texts_name_whom_a_signal_is_about(
    trial: Warehouse, signal: str, name: str
) -> None:
    """F12, K3, K4, M9: by name, in their own signals and in an account's."""
    [row] = trial.rows(
        "select work_list.user_name, work_list.account_id, alerts_feed.text,"
        " crm_accounts.signal_detail"
        " from product_signals__work_list as work_list"
        " inner join product_signals__crm_accounts as crm_accounts"
        " using (account_id)"
        " inner join product_signals__alerts_feed as alerts_feed"
        " using (signal_id)"
        f" where work_list.signal = '{signal}'"
        " and alerts_feed.team = 'success'"
    )
    assert row["user_name"] == name
    assert f", {name}\n" in row["text"]
    assert f" ({name}). On " in row["signal_detail"]
    assert f"): {name}, since " in explained_text(trial, row["account_id"])


def test_explain_has_no_names_of_programs(trial: Warehouse) -> None:
    """M9: unknowns are stated, and accounts have their own wording."""
    text = explained_text(trial, "Tern Travel")
    assert "days_since_last_active unknown (is_null)" in text
    assert "None" not in text
    assert "through its own activity" in text
    assert "through their own activity" in explained_text(trial, "Greta Okoye")
    # Nothing recent in its trial, although it has points over half a year.
    assert "Nothing has earned points in the main profile." in explained_text(
        trial, "Orchard Dental"
    )


def test_explain_counts_days(trial: Warehouse) -> None:
    """M9: one day is a day."""
    with in_database(trial.database) as ask:
        explained = explanation(ask, "Hartwell Logistics")
    text = StringIO()
    for days in (1, 2):
        explained["metrics"] |= {
            "tenure_days": days,
            "days_since_last_step": days,
        }
        print_explanation(explained, Console(file=text, width=200))
    shown = text.getvalue()
    assert re.findall("│tenure .*?│ +(.+?) │", shown) == ["1 day", "2 days"]
    assert "last step 1 day ago" in shown
    assert "last step 2 days ago" in shown


def explained_text(trial: Warehouse, what: str) -> str:
    text = StringIO()
    with in_database(trial.database) as ask:
        print_explanation(explanation(ask, what), Console(file=text, width=200))
    return text.getvalue()


@pytest.mark.parametrize(
    ("account", "signal", "response"),
    [
        ("Redwood Legal", "silent_before_contract_end", "snoozed"),
        ("Sable Fitness", "single_threaded", "dismissed"),
        ("Vantage Metals", "capacity_nearly_full", "acknowledged"),
    ],
)
def test_signals_answered(
    trial: Warehouse, account: str, signal: str, response: str
) -> None:
    """Somebody has answered the story's signal, so it is open but not work."""
    account_id = account_row(trial, account)["account_id"]
    where = f"where signal = '{signal}' and account_id = '{account_id}'"
    [row] = trial.rows(
        f"select * from product_signals__signals {where} and is_open"
    )
    assert (row["response"], row["is_answered"]) == (response, True)
    assert not trial.rows(f"from product_signals__work_list {where}")


@pytest.mark.parametrize(
    ("signal", "accounts"),
    [
        # One bought less before its renewal, one has given notice.
        (
            "healthy_but_at_renewal_risk",
            ["Brightside Dental", "Northgate Pharmacy"],
        ),
        ("weak_but_growing", ["Corvid Studios"]),
    ],
)
def test_signals_where_use_and_money_disagree(
    trial: Warehouse, signal: str, accounts: list[str]
) -> None:
    """M6."""
    rows = trial.rows(
        "select account_name from product_signals__signals"
        " inner join product_signals__accounts using (account_id)"
        f" where signal = '{signal}' and is_open order by account_name"
    )
    assert [row["account_name"] for row in rows] == accounts


def test_signals_of_trials(trial: Warehouse) -> None:
    rows = trial.rows(
        "select account_name from product_signals__signals"
        " inner join product_signals__accounts using (account_id)"
        " where signal = 'fully_activated' and opened_on >= '2025-08-26'"
    )
    assert sorted(row["account_name"] for row in rows) == [
        "Marlow Bakery Group",
        "Nightjar Audio",
        "Quince Labs",
        "Upland Wool",
        "Vesper Hotels",
    ]


def test_accounts_daily_revenue_as_of_the_day(trial: Warehouse) -> None:
    rows = trial.rows(
        "select mrr, min(as_of_date) as since"
        " from product_signals__accounts_daily"
        " inner join ("
        "     select account_id from product_signals__accounts"
        "     where account_name = 'Larkspur Foods'"
        " ) as larkspur using (account_id)"
        " group by mrr order by since"
    )
    assert [(row["mrr"], f"{row['since']:%m-%d}") for row in rows] == [
        (2400, "02-03"),
        (3000, "05-05"),
        (3600, "08-04"),
    ]


def test_account_features_status(trial: Warehouse) -> None:
    rows = trial.rows(
        "select account_name, feature, status"
        " from product_signals__account_features as features"
        " inner join product_signals__accounts using (account_id)"
        " where account_name in ('Hartwell Logistics', 'Umber Ceramics')"
    )
    status = {
        (row["account_name"], row["feature"]): row["status"] for row in rows
    }
    assert status["Hartwell Logistics", "reports"] == "lapsed"
    assert status["Hartwell Logistics", "dashboards"] == "used"
    assert status["Umber Ceramics", "automations"] == "not_entitled"


def test_activation_steps_of_a_nudge(trial: Warehouse) -> None:
    rows = trial.rows(
        "select step, is_met from product_signals__activation_steps"
        " inner join product_signals__accounts"
        " on entity_id = account_id"
        " where account_name = 'Wagtail Toys' and entity = 'account'"
        " and product_signals__activation_steps.checklist = 'trial'"
        " order by step_order"
    )
    assert [(row["step"], row["is_met"]) for row in rows] == [
        ("first_project", True),
        ("team_invited", True),
        ("tasks_done", True),
        ("first_report", False),
    ]


def test_user_scores_follow_who_moves(trial: Warehouse) -> None:
    rows = trial.rows(
        "select distinct account_id from product_signals__user_scores"
        " where user_id = (select user_id from trestle.memberships limit 1)"
    )
    assert {row["account_id"] for row in rows} == {"a20", "a21"}


def test_rejected_events_say_why(trial: Warehouse) -> None:
    rows = trial.rows("select reason from product_signals__rejected_events")
    assert sorted(row["reason"] for row in rows) == [
        "event_count is not a whole number from 0 to 1,000,000,000",
        "event_name is missing",
        "user_id is missing",
    ]


@pytest.mark.parametrize(
    ("account", "pql_state", "persona"),
    [
        ("Marlow Bakery Group", "qualified", "golden_lead"),
        ("Nightjar Audio", "qualified", "silent_success"),
        ("Ostrich & Sons", "not_yet", "contrary_converter"),
        ("Plumtree Homes", "not_yet", "positive_procrastinator"),
        ("Quince Labs", "qualified", "fizzler"),
        ("Rusty Anchor Pubs", "not_yet", "incompatible"),
        ("Silverbirch Travel", "not_yet", "heartbreaker"),
        ("Thistle Yoga", "not_yet", "procrastinator_or_incompatible"),
        ("Upland Wool", "qualified", "unclassified"),
        ("Vesper Hotels", "overdue", "silent_success"),
        ("Wagtail Toys", "nudge", "unclassified"),
        ("Xanthos Energy", "qualified", "unclassified"),
        ("Acorn Nurseries", "converted", "golden_lead"),
    ],
)
def test_leads_state_and_persona(
    trial: Warehouse, account: str, pql_state: str, persona: str
) -> None:
    """G1, G4."""
    row = lead_row(trial, account)
    assert (row["pql_state"], row["persona"]) == (pql_state, persona)


def test_leads_say_why(trial: Warehouse) -> None:
    """G1, G2, G5: the clause, overdue ones first, and what is unknown."""
    xanthos = lead_row(trial, "Xanthos Energy")
    assert xanthos["qualified_by"].startswith(
        "activation 25 % ≥ 25 % (simple product, large)"
    )
    assert lead_row(trial, "Vesper Hotels")["lead_rank"] == 1
    unknown = lead_row(trial, "Yellowhammer Farms")
    assert unknown["expected_value"] is None
    assert unknown["null_reasons"] == "expected_value: no deal size"


def test_leads_outcomes(trial: Warehouse) -> None:
    rows = trial.rows(
        "select trial_outcome, count(*) as trials"
        " from product_signals__leads group by trial_outcome"
    )
    assert {row["trial_outcome"]: row["trials"] for row in rows} == {
        "open": 14,
        "converted": 9,
        "expired": 6,
        "cancelled": 2,
    }


def lead_row(trial: Warehouse, account: str) -> dict:
    [row] = trial.rows(
        f"select * from product_signals__leads where account_name = '{account}'"
    )
    return row


def test_forecast_adds_up(trial: Warehouse) -> None:
    rows = trial.rows("select * from product_signals__forecast")
    assert {(f"{row['month']:%m}", row["owner"]) for row in rows} == {
        ("10", "Dan Kowalski"),
        ("10", "Eve Lindqvist"),
        ("10", "unassigned"),
        ("11", "Dan Kowalski"),
    }
    [leads] = trial.rows(
        "select sum(expected_value) as value from product_signals__leads"
    )
    values = [row["expected_value"] for row in rows if row["expected_value"]]
    assert float(sum(values)) == pytest.approx(float(leads["value"]))
    assert sum(row["trials_without_value"] for row in rows) == 1


def test_health_of_the_well_and_the_unwell(trial: Warehouse) -> None:
    """H1: urgent tickets, a bad survey, a poor assessment."""
    well = account_row(trial, "Brightside Dental")
    unwell = account_row(trial, "Hartwell Logistics")
    assert well["health_grade"] == "green"
    assert unwell["health_grade"] != "green"
    rows = trial.rows(
        "select component, value, contribution"
        " from product_signals__health_components"
        f" where account_id = '{unwell['account_id']}'"
    )
    values = {row["component"]: row["value"] for row in rows}
    assert values["support"] == values["survey"] == 0
    assert values["judgement"] == 25
    total = sum(float(row["contribution"] or 0) for row in rows)
    assert total == pytest.approx(float(unwell["health_score"]), abs=0.05)


def test_health_of_a_trial_is_of_its_own_mix(trial: Warehouse) -> None:
    """H1: a trial can be well without half a year of habit."""
    assert account_row(trial, "Marlow Bakery Group")["health_grade"] == "green"
    assert account_row(trial, "Silverbirch Travel")["health_grade"] == "red"


def test_accounts_what_is_on_file(trial: Warehouse) -> None:
    """M1, M5, and the tickets and surveys that health needs."""
    unwell = account_row(trial, "Hartwell Logistics")
    assert unwell["urgent_tickets"] == 3
    assert unwell["survey_score"] == 0
    assert unwell["assessment_rating"] == 2
    assert account_row(trial, "Brightside Dental")["mrr_change_90d"] == -200
    assert account_row(trial, "Corvid Studios")["mrr_change_90d"] == 220
    assert account_row(trial, "Zephyr Freight")["usage_vs_baseline"] < 60
    assert account_row(trial, "Yarrow Media")["usage_vs_baseline"] > 150


def test_signals_key_feature_lost(trial: Warehouse) -> None:
    """M2."""
    rows = trial.rows(
        "select subject_id from product_signals__signals"
        " inner join product_signals__accounts using (account_id)"
        " where signal = 'key_feature_lost' and is_open"
        " and account_name = 'Pinecrest Schools'"
    )
    assert "reports" in {row["subject_id"] for row in rows}


def test_revenue_retention_has_each_change(trial: Warehouse) -> None:
    """I1."""
    rows = trial.rows(
        "select * from product_signals__revenue_retention"
        " where attribute = 'all' and month >= '2025-02-01' order by month"
    )
    months = {row["month"].month: row for row in rows}
    assert months[3]["reactivation_mrr"] == 430
    assert months[4]["unanswered_renewals"] == 1
    assert months[5]["upsell_mrr"] == 600
    assert months[5]["other_mrr"] == 150
    assert months[6]["downsell_mrr"] == 240
    assert months[7]["cross_sell_mrr"] == 170
    assert months[9]["cancellations"] == 5
    for before, after in pairwise(rows):
        assert before["ending_mrr"] == after["starting_mrr"]


def test_churn_hotspots_find_the_resellers(trial: Warehouse) -> None:
    """I2."""
    [first] = trial.rows(
        "select * from product_signals__churn_hotspots"
        " where rank_by_accounts = 1"
    )
    assert first["combination"] == (
        "acquisition_channel = reseller and region = US"
    )
    assert (first["accounts"], first["churned_accounts"]) == (20, 12)


def test_usage_distribution_inside_accounts(trial: Warehouse) -> None:
    """I3: the account in which one person does nearly everything."""
    [sable] = trial.rows(
        "select top_tenth_share, gini from product_signals__usage_distribution"
        " inner join product_signals__accounts using (account_id)"
        " where account_name = 'Sable Fitness'"
        " and product_signals__usage_distribution.profile = 'engagement'"
    )
    assert sable["top_tenth_share"] > 90
    assert sable["gini"] > 60


def test_feature_outcomes_of_few_say_so(trial: Warehouse) -> None:
    """I4."""
    rows = trial.rows("from product_signals__feature_outcomes")
    assert any("Too little data" in row["reading"] for row in rows)
    # Trials have converted, though none on a plan with this feature.
    converted = [row for row in rows if row["outcome"] == "converted"]
    assert any(row["outcomes_with"] for row in converted)
    [reading] = [
        row["reading"] for row in converted if row["feature"] == "automations"
    ]
    assert reading == (
        "Too little data: no account could have converted and used it."
    )


def test_few_suggest_no_weights(trial: Warehouse) -> None:
    """L5: for each event in the package's own configuration."""
    seeds = package_root() / "seeds"
    events = set()
    for seed in ("event_catalog", "event_weights"):
        path = seeds / f"product_signals_config_{seed}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            events |= {row["event_name"] for row in csv.DictReader(file)}
    rows = trial.rows("from product_signals__suggested_weights")
    assert sorted((row["event_name"], row["outcome"]) for row in rows) == [
        (event, outcome)
        for event in sorted(events)
        for outcome in ("converted", "retained")
    ]
    assert {row["verdict"] for row in rows} == {"too_little_data"}


def test_growth_adds_up(trial: Warehouse) -> None:
    rows = trial.rows("select * from product_signals__growth")
    for row in rows:
        assert row["active_count"] == (
            row["new_count"] + row["retained_count"] + row["resurrected_count"]
        )
    assert {row["entity"] for row in rows} == {"account", "user"}


def test_audiences_and_the_ideal_customer(trial: Warehouse) -> None:
    """J1 to J3."""
    rows = trial.rows(
        "select audience from product_signals__audiences"
        " inner join product_signals__accounts on member_id ="
        " product_signals__accounts.account_id"
        " where account_name = 'Larkspur Foods'"
    )
    assert {row["audience"] for row in rows} == {
        "advocate_accounts",
        "lookalike_accounts",
    }
    [large] = trial.rows(
        "select lift from product_signals__ideal_customer"
        " where attribute = 'plan' and value = 'enterprise'"
    )
    assert large["lift"] > 2


def test_data_health_warns_of_what_is_meant(trial: Warehouse) -> None:
    """Rejected rows, and old data."""
    rows = trial.rows(
        "select check_name from product_signals__data_health"
        " where status <> 'ok'"
    )
    assert sorted(row["check_name"] for row in rows) == [
        "freshness_days",
        "rejected_rows",
    ]


def test_seeds_have_the_columns_of_the_packages(trial: Warehouse) -> None:
    """Seeds kept by hand have the columns of those they replace."""
    for path in sorted((trial_project() / "seeds").glob("*.csv")):
        name = path.name.replace("trestle", "product_signals_config")
        assert header(path) == header(package_root() / "seeds" / name)


def header(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.reader(file))


def test_explain_says_what_a_trial_is_worth(trial: Warehouse) -> None:
    """G1, G5, M1: for a lead, and for nobody else."""
    with in_database(trial.database) as ask:
        explained = explanation(ask, "Vesper Hotels")
        customer = explanation(ask, "Juniper Architects")
    lead = explained["lead"]
    assert lead == {
        column: lead_row(trial, "Vesper Hotels")[column] for column in lead
    }
    assert customer["lead"] is None
    assert customer["metrics"]["usage_vs_baseline"] is not None
    text = StringIO()
    print_explanation(explained, Console(file=text, width=200))
    for expected in (
        "Trial, ends on 2025-10-10: overdue since 2025-09-01\n",
        "  qualified on 2025-08-30: activation 75 % ≥ 60 % (simple product,"
        " medium); score 100 ≥ 25; nobody in touch\n",
        "  silent success: activation high, engagement high, communication"
        " none\n",
        "  worth 21,000 (14,659 to 25,056): 26,000 × 0.8077; 3 of 3 trials",
    ):
        assert expected in text.getvalue()


def test_what_leads_and_bands_were_worth(trial: Warehouse) -> None:
    """L4: worked out again from the public tables."""
    leads = [
        row
        for row in trial.rows("from product_signals__leads")
        if row["trial_outcome"] != "open"
    ]
    expected: dict[tuple[str, str], tuple[int, ...]] = {}
    for rule, rows in {
        **{
            persona: [row for row in leads if row["persona"] == persona]
            for persona in {row["persona"] for row in leads}
        },
        **{
            state: [row for row in leads if row[f"{column}_on"]]
            for state, column in {
                "nudge": "nudged",
                "qualified": "qualified",
                "overdue": "overdue",
            }.items()
        },
        "qualified: simple, small": [
            row
            for row in leads
            if row["qualified_on"]
            and (row["complexity"], row["size_band"]) == ("simple", "small")
        ],
    }.items():
        hits = [row for row in rows if row["converted_on"]]
        expected[rule, "converted"] = (len(rows), len(rows), len(hits))
    for column in ("score_band", "habit_band", "health_grade"):
        for row in trial.rows(
            f"""
            select
                '{column} = ' || days.{column} as rule,
                count(*) as fired,
                count(distinct days.account_id) as accounts,
                count(*) filter (
                    cast(accounts.cancelled_at as date) - days.as_of_date
                    between 1 and 90
                ) as hits
            from product_signals__accounts_daily as days
            inner join product_signals__accounts as accounts
                using (account_id)
            where
                dayofweek(days.as_of_date) = 0
                and days.as_of_date <= accounts.as_of_date - 90
                and days.lifecycle_stage not in ('trial', 'churned')
                and days.{column} is not null
            group by all
            """
        ):
            rule, *counts = row.values()
            expected[rule, "cancelled"] = tuple(counts)
    found = {
        (row["rule"], row["outcome"]): (
            row["fired"],
            row["accounts"],
            row["hits"],
        )
        for row in trial.rows("from product_signals__backtest")
    }
    assert {key: found[key] for key in expected} == expected
