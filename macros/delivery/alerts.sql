{# A text for Slack, with &, < and > escaped. #}
{% macro escaped(text) %}
    {% do return(
        "replace(replace(replace(" ~ text
        ~ ", '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    ) %}
{% endmacro %}

{# A text from the inputs, which must not look like lines of a message: all that
   Unicode calls a line break is a blank. #}
{% macro one_line(text) %}
    {% set breaks = [10, 11, 12, 13, 133, 8232, 8233] %}
    {% do return(
        'translate(' ~ text ~ ', chr(' ~ breaks | join(') || chr(') ~ "), '"
        ~ ' ' * breaks | length ~ "')"
    ) %}
{% endmacro %}

{#
    An escaped text cut to a length, but never inside an escape.

    text     the name of a column
    length   a number of characters, or SQL
#}
{% macro cut_text(text, length) %}
    {% do return(
        'case when length(' ~ text ~ ') <= ' ~ length ~ ' then ' ~ text
        ~ ' else regexp_replace(substr(' ~ text ~ ', 1, ' ~ length
        ~ " - 1), '&[a-z]*$', '') || '…' end"
    ) %}
{% endmacro %}

{#
    Whom an alert is about, with a space before it if anybody.

    Reads account_name, user_name, entity_id, entity and subject.
#}
{% macro alert_about() -%}
    coalesce(' ' || {{ product_signals.one_line('account_name') }}, '')
    || case
        when entity = 'user'
            then ', ' || {{ product_signals.one_line(
                'coalesce(user_name, entity_id)'
            ) }}
        else ''
    end
    || coalesce(', ' || {{ product_signals.one_line('subject') }}, '')
{%- endmacro %}

{#
    The text of an alert, before escaping: whom it is about, why, how things are
    now, what to do, and who should do it.

    Reads change, severity, previous_severity, signal_name, reason, now,
    close_reason, changed_on, action, owner and what alert_about() reads. Only
    names contain characters such as *, which mean something to Slack but can't
    be escaped.
#}
{% macro alert_body() -%}
    {%- set now = product_signals.one_line('now') %}
    '*' || case change
        when 'reopened' then 'Again: '
        when 'closed' then 'Over: '
        when 'severity_changed'
            then 'Now ' || severity || ', was ' || previous_severity || ': '
        else ''
    end || signal_name || '* (' || severity || ')'
    || {{ product_signals.alert_about() }}
    || case
        when change = 'closed' then chr(10) || case close_reason
            {%- for reason, words in {
                'cleared': 'It no longer holds',
                'over': 'It was a while ago',
                'opposite': 'The opposite holds',
                'account_cancelled': 'The account has cancelled',
                'user_deactivated': 'The user was deactivated',
                'account_removed': 'The account is gone from the inputs',
                'user_removed': 'The user is gone from the inputs or internal',
                'lost': 'Nobody has been active for months',
                'switched_off': 'The rule is switched off',
                'withdrawn': 'It is taken back',
            }.items() %}
            when '{{ reason }}' then '{{ words }}'
            {%- endfor %}
            else 'It is over'
        end || ', as of ' || {{ product_signals.written_day('changed_on') }}
            || coalesce(chr(10) || 'Now: ' || {{ now }}, '')
        else coalesce(
            chr(10) || {{ product_signals.one_line('reason') }}, ''
        )
            || coalesce(chr(10) || 'Now: ' || {{ now }}, '')
            || coalesce(chr(10) || 'Do: ' || action, '')
    end
    || coalesce(
        chr(10) || 'Owner: ' || {{ product_signals.one_line('owner') }}, ''
    )
{%- endmacro %}

{# The keys that links are made of. #}
{% macro alert_keys() -%}
    chr(10) || coalesce(
        'account ' || {{ product_signals.one_line('account_id') }} || ' · ', ''
    )
    || case
        when entity = 'user'
            then 'user ' || {{ product_signals.one_line('entity_id') }} || ' · '
        else ''
    end
    || 'signal ' || signal_id
{%- endmacro %}
