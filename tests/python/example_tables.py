"""The expected tables of the example, in its folder `expected`."""

from __future__ import annotations

import csv
import io
from typing import Any

from product_signals.package import consumer_project

EXPECTED = consumer_project() / "expected"

# The expected tables, small enough to read.
QUERIES = {
    "accounts": "select * exclude (missing_inputs, last_active_at)"
    " from product_signals__accounts order by account_id",
    "segment_scores": "select * from product_signals__segment_scores"
    " where as_of_date in ('2023-06-30', '2023-09-30')"
    " order by profile, attribute, value, as_of_date",
    "feature_usage": "select * from product_signals__feature_usage"
    " where as_of_date in ('2023-06-30', '2023-09-30')"
    " order by feature, as_of_date",
    "segment_features": "select * from product_signals__segment_features"
    " where as_of_date in ('2023-06-25', '2023-09-30')"
    " and attribute in ('all', 'plan')"
    " order by attribute, value, feature, as_of_date",
    "activity_daily": "select * from product_signals__activity_daily"
    " where extract(day from activity_date) = 15"
    " order by entity, activity_date",
    "activation_cohorts": "select * from product_signals__activation_cohorts"
    " where attribute in ('all', 'size_band')"
    " order by checklist, signup_month, attribute, value",
    "signals": "select signal, entity_id, opened_on, last_held_on, closed_on,"
    " close_reason, days_open, reason from product_signals__signals"
    " where entity <> 'user' and kind = 'state'"
    " order by signal, entity_id, opened_on",
    "work_list": "select priority, place, severity, signal_name, account_id,"
    " user_name, account_value, opened_on, days_open, reason, now, next_action"
    " from product_signals__work_list where priority <= 40"
    " order by priority",
    "signal_digest": "select * from product_signals__signal_digest"
    " order by signal, team",
    "growth": "select * from product_signals__growth where period = 'month'"
    " order by entity, period_start",
    "retention": "select * from product_signals__retention"
    " where attribute in ('all', 'plan') and entity = 'account'"
    " order by attribute, value, cohort_month, months_since",
    "audiences": "select * from product_signals__audiences"
    " where place <= 5 and (entity = 'account' or audience <> 'entry_points')"
    " order by audience, place",
    "ideal_customer": "select * from product_signals__ideal_customer"
    " order by attribute, value",
    "revenue_retention": "select * from product_signals__revenue_retention"
    " where attribute in ('all', 'acquisition_channel')"
    " order by attribute, value, month",
    "churn_hotspots": "select * from product_signals__churn_hotspots"
    " order by combination",
    "feature_outcomes": "select * from product_signals__feature_outcomes"
    " order by feature, outcome",
    "usage_distribution": "select * from product_signals__usage_distribution"
    " where account_id = 'all' order by profile, entity",
    "data_health": "select check_name, status, value, threshold, detail"
    " from product_signals__data_health"
    " where check_name <> 'freshness_days' order by check_name",
}


def as_text(rows: list[dict[str, Any]]) -> str:
    """Rows as a CSV: points to the millionth, everything else as it is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    return f"{value:.6f}" if isinstance(value, float) else value


def expected_text(table: str) -> str:
    """The expected CSV of a table."""
    return (EXPECTED / f"{table}.csv").read_text(encoding="utf-8")
