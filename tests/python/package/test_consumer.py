"""The example project, used as the README says (A2, A6, C2, C7, C14, L2).

Its expected tables, the properties of every table, and its history.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from example_tables import EXPECTED, QUERIES, as_text, expected_text
from oracle import Oracle, World
from product_signals.builder import dbt, project_copy, write_profile
from product_signals.config import read_config
from product_signals.package import consumer_project, package_root
from warehouse import Warehouse, same
from work_list import FAULTS

# The end of a subscription for more than a month.
CONTRACT_END = (
    "case when end_date > start_date + 31 then end_date::timestamp end"
)


@pytest.fixture(scope="module")
def demo(warehouse_factory: Callable) -> Iterator[Warehouse]:
    warehouse = warehouse_factory("demo")
    # Everything, including data tests.
    warehouse.build_example(
        "crm", variables={"product_signals_private_tests": True}
    )
    with warehouse.held_open():
        yield warehouse


@pytest.mark.parametrize("table", QUERIES)
def test_expected_tables(
    demo: Warehouse, table: str, write_expected: bool
) -> None:
    text = as_text(demo.rows(QUERIES[table]))
    if write_expected:
        EXPECTED.mkdir(exist_ok=True)
        path = EXPECTED / f"{table}.csv"
        path.write_text(text, encoding="utf-8")
    assert text.splitlines() == expected_text(table).splitlines()


@pytest.fixture(scope="module")
def oracle(demo: Warehouse) -> Oracle:
    """The example's definitions worked out a second time."""
    return Oracle(
        World(
            config=read_config(consumer_project() / "product_signals.yml"),
            events=demo.rows("from crm.events"),
            users=demo.rows("from crm.users"),
            accounts=demo.rows(
                "select account_id, created_at::timestamp as created_at,"
                " churned_at::timestamp as cancelled_at,"
                f" (select max({CONTRACT_END}) from crm.subscriptions where"
                " not is_addon and account_id = accounts.account_id)"
                " as contract_ends_at, plan, mrr, seats from crm.accounts"
            ),
            account_history=demo.rows(
                "select account_id, start_date::timestamp as valid_from,"
                " end_date::timestamp as valid_to, plan, mrr,"
                f" quantity as seats, {CONTRACT_END} as contract_ends_at"
                " from crm.subscriptions where not is_addon"
            ),
            subscription_changes=demo.rows(
                "select * replace (changed_at::timestamp as changed_at)"
                f" from ({_changes()}) as changes"
            ),
            size_column="seats",
        )
    )


def _changes() -> str:
    """The example's own query, on the tables that it reads."""
    path = (
        consumer_project() / "models/product_signals_subscription_changes.sql"
    )
    return re.sub(
        r"{{ source\('crm', '(\w+)'\) }}",
        r"crm.\1",
        path.read_text(encoding="utf-8"),
    )


@pytest.mark.parametrize(
    "day",
    [
        date(2023, 3, 12),
        pytest.param(date(2023, 9, 30), marks=pytest.mark.long),
    ],
)
def test_a_day_of_the_example(
    demo: Warehouse, oracle: Oracle, day: date
) -> None:
    scores = {
        row["user_id"]: row
        for row in demo.rows(
            f"from product_signals__user_scores where as_of_date = '{day}'"
        )
    }
    accounts = {
        row["account_id"]: row
        for row in demo.rows(
            f"from product_signals__accounts_daily where as_of_date = '{day}'"
        )
    }
    assert len(accounts) > 10
    for user in oracle.all_users:
        expected = oracle.user_score(0, user, day) or {}
        assert bool(expected) == (user in scores)
        for column, figure in expected.items():
            if column != "rank_in_account":  # too slow to work out
                assert same(scores[user][column], figure), (user, column)
    for account in oracle.all_accounts:
        expected = oracle.account_day(account, day) or {}
        assert bool(expected) == (account in accounts)
        if expected:  # the events don't say who is an agent
            expected = expected | {"agent_event_share": None}
        for column, figure in expected.items():
            assert same(accounts[account][column], figure), (account, column)


def test_plan_and_revenue_are_as_of_the_day(demo: Warehouse) -> None:
    plans = demo.rows(
        "select as_of_date, plan, mrr, seats, size_band, attributes_as_of"
        " from product_signals__accounts_daily where account_id = 'a9'"
        " and as_of_date in ('2023-01-31', '2023-02-28', '2023-04-30')"
        " order by as_of_date"
    )
    assert [
        (p["plan"], p["mrr"], p["seats"], p["size_band"]) for p in plans
    ] == [
        ("standard_mthly", 350, 25, "medium"),
        ("advanced_mthly", 1000, 50, "medium"),
        ("premier_annual", 1800, 100, "large"),
    ]
    assert {p["attributes_as_of"] for p in plans} == {"day"}


def test_a_contract_that_ends_does_not_tell_who_will_leave(
    demo: Warehouse,
) -> None:
    """Before they leave, accounts look like others on monthly contracts."""
    ends = demo.rows(
        "select daily.account_id from product_signals__accounts_daily as daily"
        " inner join crm.accounts using (account_id)"
        " where daily.as_of_date < accounts.churned_at"
        " and daily.contract_ends_at = accounts.churned_at"
    )
    assert ends == []
    [known] = demo.rows(
        "select count(distinct account_id) as accounts"
        " from product_signals__accounts_daily"
        " where contract_ends_at is not null"
    )
    assert known["accounts"] > 3


def test_an_attribute_passed_through_can_be_sliced_by(demo: Warehouse) -> None:
    [country] = demo.rows(
        "from product_signals__attributes where entity = 'account'"
        " and entity_id = 'a0' and attribute = 'country'"
    )
    assert country["value"] == "GA"
    segments = demo.rows(
        "select value, accounts from product_signals__segment_scores"
        " where attribute = 'country' and as_of_date = '2023-09-30'"
    )
    assert sum(segment["accounts"] for segment in segments) == 52


# Each query counts rows that break a property; the CRM data must have none.
PROPERTIES = {
    "C2: a score is 0 to 100, and at least 1 with points": """
        select * from product_signals__user_scores
        where score not between 0 and 100
            or (raw_score > 0 and score < 1)
            or (raw_score = 0 and score <> 0)
    """,
    "C2: an account's score is 0 to 100": """
        select * from product_signals__account_scores
        where score not between 0 and 100
            or member_average not between 0 and 100
            or active_average not between 1 and 100
            or total_score not between 0 and 100
    """,
    "A2: an account's raw score is the sum of its users'": """
        select accounts.profile, accounts.account_id, accounts.as_of_date
        from product_signals__account_scores as accounts
        left join (
            select profile, account_id, as_of_date, sum(raw_score) as raw_score
            from product_signals__user_scores
            group by all
        ) as users using (profile, account_id, as_of_date)
        where abs(accounts.raw_score - coalesce(users.raw_score, 0)) > 1e-6
            and as_of_date in (
                select as_of_date from product_signals__user_scores
            )
    """,
    "C7: the member average is the sum of user scores by users seen": """
        select accounts.*, users.score_sum
        from product_signals__account_scores as accounts
        inner join (
            select profile, account_id, as_of_date, sum(score) as score_sum
            from product_signals__user_scores
            group by all
        ) as users using (profile, account_id, as_of_date)
        where abs(
            accounts.member_average - users.score_sum / accounts.seen_users
        ) > 0.011
    """,
    "L2: components add up to the score": """
        with scores as (
            select profile, 'user' as entity, user_id as entity_id, as_of_date,
                raw_score, previous_raw_score
            from product_signals__user_scores
            union all
            select profile, 'account', account_id, as_of_date,
                raw_score, previous_raw_score
            from product_signals__account_scores
        )
        select scores.*
        from scores
        left join (
            select profile, entity, entity_id, sum(points) as points,
                sum(previous_points) as previous_points,
                sum(points_change) as points_change
            from product_signals__score_components
            group by all
        ) as components using (profile, entity, entity_id)
        where scores.as_of_date = '2023-09-30' and (
            abs(raw_score - coalesce(points, 0)) > 1e-6
            or abs(previous_raw_score - coalesce(previous_points, 0)) > 1e-6
            or abs(
                raw_score - previous_raw_score - coalesce(points_change, 0)
            ) > 1e-6
        )
    """,
    "C14: behaviour and re-scaling make the change": """
        select * from (
            select score, previous_score, score_change, behavior_change,
                rescale_change, trend
            from product_signals__user_scores
            union all
            select score, previous_score, score_change, behavior_change,
                rescale_change, trend
            from product_signals__account_scores
        )
        where score_change <> score - previous_score
            or rescale_change <> score_change - behavior_change
            or (trend = 'new') <> (behavior_change is null)
    """,
    "previous figures are those published one period earlier": """
        select later.*
        from product_signals__user_scores as later
        left join product_signals__user_scores as earlier
            on later.profile = earlier.profile
            and later.user_id = earlier.user_id
            and later.as_of_date - 14 = earlier.as_of_date
        where later.as_of_date - 14 in (
                select as_of_date from product_signals__user_scores
            ) and (
                later.previous_score <> coalesce(earlier.score, 0)
                or later.previous_raw_score <> coalesce(earlier.raw_score, 0)
            )
    """,
    "A6: active, seen and known users": """
        select * from product_signals__accounts_daily
        where active_users > seen_users
            or active_user_rate not between 0 and 100
            or (active_user_rate is null) <> (seen_users = 0)
            or (seen_users = 0 and null_reasons is null)
    """,
    "D2: adoption is 0 to 100 and never above lifetime adoption": """
        select * from product_signals__accounts_daily
        where adoption_rate not between 0 and 100
            or adoption_rate > lifetime_adoption_rate
    """,
    "E1: a checklist's rate never falls": """
        select * from (
            select activation_rate, lag(activation_rate) over (
                partition by account_id, checklist order by as_of_date
            ) as rate_before
            from product_signals__accounts_daily
        )
        where activation_rate < rate_before
    """,
    "C10: a score of 0 to 100 can't slope more than this in twelve weeks": """
        select * from (
            select score_slope from product_signals__accounts_daily
            union all
            select score_slope from product_signals__accounts
        )
        where abs(score_slope) > 12.6
    """,
    "C10: a segment is new until the data fill two periods": """
        select * from product_signals__segment_scores
        where (as_of_date < (
            select min(as_of_date) + 27 from product_signals__segment_scores
        )) and (mean_score_change is not null or trend <> 'new')
    """,
    "C10: a segment slopes by least squares over twelve weeks": """
        select * from (
            select
                mean_score_slope,
                count(*) over weeks as days,
                7 * regr_slope(
                    mean_score, as_of_date - date '2023-01-01'
                ) over weeks as slope
            from product_signals__segment_scores
            where as_of_date >= (
                select min(as_of_date) + 13 from product_signals__segment_scores
            )
            window weeks as (
                partition by profile, attribute, value order by as_of_date
                range between interval 83 days preceding and current row
            )
        )
        where (days = 84) <> (mean_score_slope is not null)
            or abs(mean_score_slope - slope) > 0.00501
        union all
        select null, null, null
        where not exists (
            from product_signals__segment_scores where mean_score_slope <> 0
        )
    """,
    "A1, A6, C12: a segment's accounts and users are those of accounts": """
        select * from (
            select
                plan as value,
                as_of_date,
                sum(active_users) as user_sum,
                max(active_users) as most_users,
                avg(health_score) as health,
                count(*) filter (health_grade = 'red') as red,
                count(*) filter (health_grade = 'yellow') as yellow,
                count(*) filter (health_grade = 'green') as green
            from product_signals__accounts_daily
            where plan is not null
            group by all
        ) as accounts
        full join (
            from product_signals__segment_scores
            where profile = 'fortnightly' and attribute = 'plan'
                and value <> 'unknown'
        ) as segments using (value, as_of_date)
        where active_users is null
            or active_users not between most_users and user_sum
            or abs(mean_health_score - health) > 0.0051
            or (red, yellow, green) is distinct from (
                worst_grade_accounts, middle_grade_accounts,
                best_grade_accounts
            )
    """,
    "D6: a feature's accounts and events in the segments of an attribute": """
        select as_of_date, feature, segments.attribute
        from product_signals__segment_features as product
        full join product_signals__segment_features as segments
            using (as_of_date, feature)
        where product.attribute = 'all'
        group by all
        having sum(segments.active_accounts) <> max(product.active_accounts)
            or sum(segments.accounts) <> max(product.accounts)
            or sum(segments.events) <> max(product.events)
            or max(product.users)
            not between max(segments.users) and sum(segments.users)
            or not (dayofweek(as_of_date) = 0 or as_of_date = '2023-09-30')
    """,
    "D6: the product's features are those of its known, live accounts": """
        select *
        from product_signals__segment_features as segments
        left join product_signals__feature_usage as usage
            using (feature, as_of_date)
        where attribute = 'all' and not coalesce(
            segments.users <= usage.users and segments.events <= usage.events
            and segments.accounts between 0 and usage.accounts, false
        )
    """,
    "B3: windows nest": """
        select * from product_signals__activity_daily
        where not (active_1d <= active_7d and active_7d <= active_30d)
    """,
    "F6: every signal has evidence": """
        select * from product_signals__signals as signals
        left join product_signals__signal_evidence as evidence
            using (signal_id)
        where evidence.observed is null or reason is null
    """,
    "F7: episodes of one signal don't overlap": """
        select * from (
            select opened_on, lag(closed_on) over (
                partition by signal_key order by opened_on
            ) as closed_before, lag(opened_on) over (
                partition by signal_key order by opened_on
            ) as opened_before
            from product_signals__signals
            where kind = 'state'
        )
        where opened_before is not null
            and (closed_before is null or opened_on <= closed_before)
    """,
    "F11, F12: the work list has every open signal once, but news, what is"
    " pointless or held back, and accounts that are dormant": """
        select signals.signal_key, count(work_list.signal_id) as listed
        from product_signals__signals as signals
        left join product_signals__work_list as work_list using (signal_id)
        left join product_signals__accounts as accounts
            on signals.account_id = accounts.account_id
        group by signals.signal_key
        having listed <> max(
            case
                when signals.is_open and not signals.is_suppressed
                    and not signals.is_held_back
                    and signals.severity <> 'info'
                    and coalesce(accounts.days_since_last_active < 90, true)
                    and coalesce(signals.still_holds, true)
                    then 1
                else 0
            end
        )
    """,
    "M12: the rows of an account are together, its first one marked": """
        select * from (
            select
                *,
                row_number() over (
                    partition by owner, account_id order by place
                ) as place_of_account,
                lag(account_place) over (
                    partition by owner order by place
                ) as account_before
            from product_signals__work_list
        )
        where account_place < account_before
            or is_first_of_account <> (place_of_account = 1)
    """,
    "M12: open states say when it was and what is now": """
        select * from product_signals__signals
        where reason not like 'On % 20__: %'
            or (kind = 'state' and is_open) <> (still_holds is not null)
            or (kind = 'state' and is_open) <> (now is not null)
            or (now like '%holds no longer since%') <> not still_holds
    """,
    "F12: critical before high, worth more before worth less": """
        select * from (
            select
                severity,
                account_value,
                lag(severity) over by_priority as severity_before,
                lag(account_value) over by_priority as value_before
            from product_signals__signals
            where priority is not null
            window by_priority as (order by priority)
        )
        where
            list_position(['critical', 'high', 'medium', 'low'], severity)
            < list_position(
                ['critical', 'high', 'medium', 'low'], severity_before
            )
            or (severity = severity_before and account_value > value_before)
    """,
    "F7: one row of a key is the one to send": """
        select signal_key from product_signals__signals
        group by signal_key
        having count(*) filter (where is_latest) <> 1
            or max(opened_on) <> max(opened_on) filter (where is_latest)
    """,
    "F7: a signal that was open before says so": """
        select * from product_signals__signals as signals
        left join product_signals__signals as earlier
            on signals.previous_signal_id = earlier.signal_id
        where
            earlier.opened_on >= signals.opened_on
            or earlier.signal_key <> signals.signal_key
            or (signals.previous_signal_id is null and exists (
                select 1 from product_signals__signals as others
                where others.signal_key = signals.signal_key
                    and others.opened_on < signals.opened_on
            ))
    """,
    "an account that has cancelled is not live": """
        select * from product_signals__accounts_daily
        where cancelled_at <= as_of_date or created_at > as_of_date + 1
    """,
}


@pytest.mark.parametrize("name", PROPERTIES)
def test_properties(demo: Warehouse, name: str) -> None:
    assert demo.rows(PROPERTIES[name]) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_no_work_list_has(demo: Warehouse, fault: str) -> None:
    assert demo.rows(FAULTS[fault]) == []


def test_private_models_stay_private(tmp_path: Path) -> None:
    with project_copy(consumer_project(), package_root()) as project:
        write_profile(
            project, {"type": "duckdb", "path": str(tmp_path / "x.duckdb")}
        )
        (project / "models" / "peek.sql").write_text(
            "select * from"
            " {{ ref('product_signals', 'int_product_signals__scope') }}",
            encoding="utf-8",
        )
        dbt(project, "deps")
        with pytest.raises(Exception, match="not allowed because"):
            dbt(project, "parse")


@pytest.mark.parametrize(
    ("entity", "table"), [("account", "accounts_daily"), ("user", "users")]
)
def test_metrics_are_columns_and_sentences_know_them(
    demo: Warehouse, entity: str, table: str
) -> None:
    """F1: the metrics seed is the only list of what rules and reasons use."""
    seed = package_root() / "seeds" / "product_signals_config_metrics.csv"
    with seed.open(encoding="utf-8", newline="") as file:
        metrics = [
            row for row in csv.DictReader(file) if row["entity"] == entity
        ]
    columns = {
        row["column_name"]: row["data_type"]
        for row in demo.rows(
            "select column_name, data_type from information_schema.columns"
            f" where table_name = 'product_signals__{table}'"
        )
    }
    kinds = {"VARCHAR": "text", "BOOLEAN": "boolean", "TIMESTAMP": "date"}
    assert {row["metric"] for row in metrics} <= columns.keys()
    assert {
        row["metric"]: kinds.get(columns[row["metric"]], "number")
        for row in metrics
    } == {row["metric"]: row["value_type"] for row in metrics}
    known = {row["metric"] for row in metrics} | {
        "window_days", "subject", "subject_count", "through_others",
    }  # fmt: skip
    for row in metrics:
        named = re.findall(r"{([^|}]+)", row["sentence"])
        assert set(named) <= known, row
        assert row["description"], row


def test_what_moved_a_score_adds_up(demo: Warehouse) -> None:
    """F6: "fell 24 points … (score 60 → 43)" read like a wrong sum."""
    told = demo.rows(
        "select sentence from product_signals__signal_evidence"
        " where metric = 'behavior_change' and observed is not null"
    )
    pattern = re.compile(
        r"(fell|rose) ([\d.]+) points in \d+ days through (?:its|their) own"
        r" activity(?: and (fell |rose |)(\d+) through others')?"
        r" \(score (\d+) → (\d+)\)"
    )
    both = 0
    for row in told:
        found = pattern.search(row["sentence"])
        assert found, row
        *moves, before, after = found.groups()
        way, own, way_of_others, through_others = moves
        sign = {"fell": -1, "rose": 1}
        moved = sign[way] * float(own)
        if through_others:
            way = way_of_others.strip() or way
            moved += sign[way] * float(through_others)
            both += 1
        # Each of the four is rounded.
        assert abs(int(after) - int(before) - moved) <= 2, row
    assert both > 20
