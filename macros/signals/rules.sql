{#
    The rows of int_product_signals__signal_rules, in order, as dicts: rules
    are few, so they become SQL before the query runs, and each account and
    day is looked at once rather than once per condition.

    Empty while dbt parses, and where the rules are not built yet.
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

{# The metrics of an entity as the metrics seed knows them: name -> type. #}
{% macro metric_types(entity) %}
    {% set metrics = product_signals.seed('metrics') %}
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
    The numbers of days from which, or after which, a rule on users looks at a
    count of days differently, by what they are counted from. Between those a
    count only grows, and no rule takes notice.

    Gives begins_on, licensed_on, last_met_on and last_active -> days.
#}
{% macro counted_thresholds() %}
    {% set bands = product_signals.seed('bands') %}
    {% set counts = {
        'tenure_days': 'begins_on',
        'tenure_band': 'begins_on',
        'days_since_licensed': 'licensed_on',
        'days_since_last_step': 'last_met_on',
        'days_since_last_active': 'last_active',
    } %}
    {% set found = {
        'begins_on': [],
        'licensed_on': [],
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
