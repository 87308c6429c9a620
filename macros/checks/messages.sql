{# A seed's row by its key, as a message names it: weight_set=a, event=b. #}
{% macro row_name(columns, relation=none) %}
    {% set parts = [] %}
    {% for column in columns %}
        {% set cell = (relation ~ '.' if relation else '') ~ column %}
        {% do parts.append(
            "'" ~ column ~ "=' || coalesce(cast(" ~ cell
            ~ " as text), '(empty)')"
        ) %}
    {% endfor %}
    {% do return(parts | join(" || ', ' || ")) %}
{% endmacro %}

{#
    The name that takes the fewest letters to make of another, and how many:
    (letters, name).

    name    what somebody wrote
    names   what it may be meant to be
#}
{% macro nearest(name, names) %}
    {% set found = [] %}
    {% for other in names %}
        {# Letters from the first ones of name to the first ones of other. #}
        {% set rows = [range(other | length + 1) | list] %}
        {% for letter in name %}
            {% set row = [loop.index] %}
            {% for instead in other %}
                {% do row.append([
                    row[-1] + 1,
                    rows[-1][loop.index] + 1,
                    rows[-1][loop.index0] + (letter != instead),
                ] | min) %}
            {% endfor %}
            {% do rows.append(row) %}
        {% endfor %}
        {% do found.append((rows[-1][-1], other)) %}
    {% endfor %}
    {% do return(found | min) %}
{% endmacro %}

{# Whether a text is a day that exists, YYYY-MM-DD. #}
{% macro is_date(text) %}
    {% if not modules.re.fullmatch(
        '[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])', text
    ) or text[:4] == '0000' %}
        {% do return(false) %}
    {% endif %}
    {% set month = modules.datetime.date(text[:4] | int, text[5:7] | int, 1) %}
    {# The 30th of February would be in March. #}
    {% set day = month + modules.datetime.timedelta(text[8:] | int - 1) %}
    {% do return(day.month == month.month) %}
{% endmacro %}

{#
    What reads the seed of bands, besides bands of metrics that conditions may
    use: [metric, band or none for any, what happens without].
#}
{% macro used_bands() %}
    {% set used = [
        ('tenure_days', none, 'its band column is null'),
        ('size_value', none, 'its band column is null'),
        ('mrr', none, 'the segments of mrr_band are unknown'),
        ('score', none, 'its band column is null'),
        ('activation_rate', none, 'its band column is null'),
        ('adoption_rate', none, 'its band column is null'),
        ('habit', none, 'its band column is null'),
        ('health_score', none, 'health_grade is null'),
        ('champion_days', 'champion', 'no champion is ever lost'),
        ('silent_days', 'silent',
            'no champion is ever silent, nor an account held down'),
        ('flow_days', 'abandoned', 'no flow is ever left unfinished'),
        ('feature_days', 'lost', 'no key feature is ever lost'),
        ('feature_weeks', 'usual', 'no key feature is ever lost'),
        ('survey_days', 'outdated', 'no answer is ever outdated'),
        ('reply_days', 'unanswered', 'a reply may come any time later'),
        ('alert_minimum_users', 'enough', 'no account has enough users to compare'),
        ('alert_minimum_events', 'enough', 'no change has enough events'),
        ('inactive_days', 'dormant', 'no account is ever dormant'),
        ('inactive_days', 'lost', 'no account is ever lost'),
        ('top_percentile', 'top', 'nobody is ever at the top'),
        ('advocate_days', 'tenured', 'nobody is ever an advocate'),
        ('entry_point_place', 'entry_point', 'no user is ever an entry point'),
        ('telling_accounts', 'enough', 'no ideal customer is ever telling'),
        ('snooze_days', 'over', 'a snooze without a date never ends'),
        ('response_days', 'recent', 'no account is ever touched'),
        ('team_alerts', 'many', 'alerts are never told in one message'),
        ('alert_age_days', 'old', 'a new id of an account makes all anew'),
        ('outcome_days', 'before', 'no outcome is looked at'),
        ('trial_use_days', 'after', 'no conversion is looked at'),
        ('comparison_accounts', 'enough', 'no comparison has enough accounts'),
        ('crm_points', 'moved', 'any move of a score is one to the CRM'),
        ('crm_days', 'moved', 'any later day is one to the CRM'),
        ('false_finding_rate', 'clear', 'no churn hot-spot is ever clear'),
        ('standard_errors', 'chance',
            'no hot-spot is explained by another, and no weight suggested'),
        ('unseen_days', 'unseen', 'no weighted event is ever unseen'),
        ('gap_days', 'stray', 'no first event is ever a stray'),
        ('gap_rate', 'usual', 'no first event is ever a stray'),
        ('weighted_events', 'fine', 'no number of weights is ever too many'),
        ('checklist_steps', 'fine', 'no number of steps is ever too many'),
        ('learned_event_types', 'enough', 'no score is ever ready to be learned'),
        ('learned_history_days', 'enough', 'no score is ever ready to be learned'),
        ('learned_outcomes', 'enough', 'no score is ever ready to be learned'),
        ('communication', none, 'the communication of trials has no band'),
        ('signup_days', 'settled', 'sign-ups of today count for complexity'),
        ('unaided_signups', none, 'product complexity is assumed'),
    ] %}
    {% for check_name in product_signals.health_checks() %}
    {% do used.append(
        (check_name, 'warn', 'product_signals__data_health never warns of it')
    ) %}
    {% endfor %}
    {% do return(used) %}
{% endmacro %}

{# The texts that a variable lists. What is not a list, or not a text, is left
   out; variable_problems() refuses it. #}
{% macro listed(name) %}
    {% set value = var(name) %}
    {% if value is string or value is mapping or value is not sequence %}
        {% do return([]) %}
    {% endif %}
    {% do return(value | select('string') | list) %}
{% endmacro %}
