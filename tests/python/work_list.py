"""SQL that finds what no work list may hold, whatever the data (M12)."""

from __future__ import annotations

_GROWTH = (
    "('score_rise', 'fast_adoption', 'expansion_opportunity',"
    " 'ready_for_more', 'seats_nearly_full')"
)
_DECLINE = (
    "('score_drop', 'usage_declining', 'potential_problem', 'going_quiet',"
    " 'account_inactive', 'churn_risk', 'silent_before_contract_end')"
)

FAULTS = {
    "what holds no longer is work": """
        select * from product_signals__work_list where not still_holds
    """,
    "an account is work in which nobody has been active for 90 days": """
        select * from product_signals__work_list as work_list
        inner join product_signals__accounts as accounts
            on work_list.account_id = accounts.account_id
        where accounts.days_since_last_active >= 90
    """,
    "an account has another owner or value than in its own row": """
        select * from product_signals__work_list as work_list
        inner join product_signals__accounts as accounts
            on work_list.account_id = accounts.account_id
        where
            work_list.owner is distinct from accounts.csm
            or (
                work_list.account_value is distinct from accounts.mrr
                and work_list.account_value is distinct from accounts.deal_size
            )
    """,
    "a row can't be answered": """
        select * from product_signals__work_list as work_list
        left join product_signals__signals as signals
            on
                work_list.signal_key = signals.signal_key
                and signals.is_latest
        where work_list.signal_id is distinct from signals.signal_id
    """,
    "an account grows and declines at once": f"""
        select * from product_signals__work_list as growth
        inner join product_signals__work_list as decline
            on growth.account_id = decline.account_id
        where growth.signal in {_GROWTH} and decline.signal in {_DECLINE}
    """,
    "an account in which nobody is active is busy": """
        select * from product_signals__work_list as busy
        inner join product_signals__work_list as idle
            on busy.account_id = idle.account_id
        where
            busy.signal = 'busy_not_successful'
            and idle.signal = 'account_inactive'
    """,
    "an account in which nobody was seen for 90 days is busy": """
        select * from product_signals__work_list as work_list
        inner join product_signals__accounts as accounts
            on work_list.account_id = accounts.account_id
        where
            work_list.signal = 'busy_not_successful'
            and accounts.seen_users = 0
    """,
    "an account falls and rises at once": """
        select * from product_signals__signals as drops
        inner join product_signals__signals as rises
            on drops.entity_id = rises.entity_id
        where
            drops.signal = 'score_drop' and rises.signal = 'score_rise'
            and drops.is_open and rises.is_open
    """,
    "a trial that has met all steps is to be shown the next one": """
        select * from product_signals__work_list as work_list
        inner join product_signals__accounts as accounts
            on work_list.account_id = accounts.account_id
        where
            work_list.signal = 'partly_activated'
            and accounts.activation_rate = 100
    """,
    "an account that pays is to be made the offer": """
        select * from product_signals__work_list as work_list
        inner join product_signals__accounts as accounts
            on work_list.account_id = accounts.account_id
        where
            work_list.signal in ('partly_activated', 'fully_activated')
            and accounts.lifecycle_stage <> 'trial'
    """,
    "an account has two champions": """
        select account_id from product_signals__signals
        where signal = 'champion' and is_open
        group by account_id having count(*) > 1
    """,
    "a power user has no score": """
        select * from product_signals__signals as signals
        inner join product_signals__users as users
            on signals.entity_id = users.user_id
        where
            signals.signal = 'power_user' and signals.is_open
            and users.score = 0
    """,
}
