{#
    The rows of int_product_signals__signal_rules, in order, as dicts. Rules are
    few, so they become SQL before the query runs, and each account and day is
    read once instead of once per condition.

    Empty while parsing, and before the rules are built.
#}
{% macro signal_rules() %}
    {% set rules = ref('int_product_signals__signal_rules') %}
    {% set known = product_signals.known_in_run() %}
    {% if 'rules' not in known and execute and load_relation(rules) %}
        {% set rows = run_query(
            'select * from ' ~ rules ~ ' order by rule_number'
        ) %}
        {% set found = [] %}
        {% for row in rows %}
            {% set rule = {} %}
            {% for name in rows.column_names %}
                {% do rule.update({name | lower: row[name]}) %}
            {% endfor %}
            {% do found.append(rule) %}
        {% endfor %}
        {% do known.update({'rules': found}) %}
    {% endif %}
    {% do return(known.get('rules', [])) %}
{% endmacro %}

{# An entity's metrics in the metrics seed: name -> type. #}
{% macro metric_types(entity) %}
    {% set metrics = product_signals.metrics() %}
    {% set known = product_signals.known_in_run() %}
    {% if 'metrics' not in known and product_signals.is_loaded('metrics') %}
        {% set found = {} %}
        {% for row in run_query(
            'select entity, metric, value_type from (' ~ metrics
            ~ ') as metrics order by metric'
        ) %}
            {% do found.setdefault(row[0], {}).update({row[1]: row[2]}) %}
        {% endfor %}
        {% do known.update({'metrics': found}) %}
    {% endif %}
    {% do return(known.get('metrics', {}).get(entity, {})) %}
{% endmacro %}

{#
    The numbers of days at which a rule on users may change its result, by the
    date they are counted from. In between, a count only grows, and no result
    changes.

    Returns begins_on, licensed_on, start_on (of what is on record), last_met_on
    and last_active -> days.
#}
{% macro counted_thresholds() %}
    {% set bands = product_signals.seed('bands') %}
    {% set counts = {
        'tenure_days': 'begins_on',
        'tenure_band': 'begins_on',
        'days_since_licensed': 'licensed_on',
        'days_on_record': 'start_on',
        'days_since_last_step': 'last_met_on',
        'days_since_last_active': 'last_active',
    } %}
    {% set found = {
        'begins_on': [],
        'licensed_on': [],
        'start_on': [],
        'last_met_on': [],
        'last_active': [],
    } %}
    {% for rule in product_signals.signal_rules() %}
        {% if rule['entity'] == 'user' and rule['metric'] in counts %}
            {% set values = [] %}
            {% if rule['metric'] == 'tenure_band' %}
                {% do values.extend(run_query(
                    'select cast(lower_bound as text) from (' ~ bands
                    ~ ") as bands where metric = 'tenure_days'"
                    ~ ' and lower_bound is not null'
                ).columns[0].values()) %}
            {% else %}
                {% for value in [rule['value'], rule['clear_value']] %}
                    {% do values.extend(((value or '') | string).split('|')) %}
                {% endfor %}
            {% endif %}
            {% for value in values if value | string | trim %}
                {% for days in [value | float | int, value | float | int + 1] %}
                    {% if days >= 0
                            and days not in found[counts[rule['metric']]] %}
                        {% do found[counts[rule['metric']]].append(days) %}
                    {% endif %}
                {% endfor %}
            {% endfor %}
        {% endif %}
    {% endfor %}
    {% do return(found) %}
{% endmacro %}

{#
    The column with a metric's value. For a date, that is its day, because in
    UTC a time may be on another day than in the variable timezone.
#}
{% macro metric_column(metric, value_type) %}
    {% do return(metric[:-3] ~ '_on' if value_type == 'date' else metric) %}
{% endmacro %}

{#
    A signal's condition as SQL that is true or false, never null: a null metric
    fails, except with the operator is_null. What the configuration defines none
    of can't be compared: 0 of 0 key features is no lack of use.

    rule    a row of signal_rules()
    value   what to compare with: the rule's value or clear_value
#}
{% macro condition(rule, value) %}
    {% set metric = product_signals.metric_column(
        rule['metric'], rule['value_type']
    ) %}
    {% set operator = rule['operator'] %}
    {% if not rule['is_configured'] %}
        {% do return('1 = 0') %}
    {% endif %}
    {% if operator == 'is_null' %}
        {% do return(metric ~ ' is null') %}
    {% elif operator == 'is_not_null' %}
        {% do return(metric ~ ' is not null') %}
    {% endif %}
    {% if operator in ('in', 'not_in') %}
        {% set literals = [] %}
        {% for item in value.split('|') %}
            {% do literals.append(product_signals.metric_literal(
                item | trim, rule['value_type']
            )) %}
        {% endfor %}
        {% set comparison = ('not in' if operator == 'not_in' else 'in')
            ~ ' (' ~ literals | join(', ') ~ ')' %}
    {% else %}
        {% set comparison = ('<>' if operator == '!=' else operator) ~ ' '
            ~ product_signals.metric_literal(value, rule['value_type']) %}
    {% endif %}
    {% do return('coalesce(' ~ metric ~ ' ' ~ comparison ~ ', false)') %}
{% endmacro %}

{#
    SQL for whether all conditions of any group of a signal hold.

    rules   the rows of signal_rules() of one signal
    field   value, or clear_value for what keeps it open
#}
{% macro groups_hold(rules, field) %}
    {% set groups = [] %}
    {% for group in rules | groupby('condition_group', case_sensitive=true) %}
        {% set conditions = [] %}
        {% for rule in group.list %}
            {% do conditions.append(
                product_signals.condition(rule, rule[field])
            ) %}
        {% endfor %}
        {% do groups.append('(' ~ conditions | join(' and ') ~ ')') %}
    {% endfor %}
    {% do return('(' ~ groups | join(' or ') ~ ')') %}
{% endmacro %}

{# A value in the signal_conditions seed as a literal of its metric's type,
   which the gate has checked. #}
{% macro metric_literal(value, value_type) %}
    {% if value_type in ('number', 'boolean') %}
        {% do return(value | string) %}
    {% endif %}
    {% set literal = product_signals.text_literal(value | string) %}
    {% if value_type == 'date' %}
        {% do return('cast(' ~ literal ~ ' as date)') %}
    {% endif %}
    {% do return(literal) %}
{% endmacro %}

{# The place of a severity: 1 for the most severe, 5 for news. #}
{% macro severity_order(severity) -%}
    case {{ severity }}
        when 'critical' then 1
        when 'high' then 2
        when 'medium' then 3
        when 'low' then 4
        when 'info' then 5
    end
{%- endmacro %}
