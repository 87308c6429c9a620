{#
    Why figures of a row are null, "figure: reason; figure: reason"; null where
    none is.

    reasons   (condition, figure, reason) each
#}
{% macro null_reasons(reasons) %}
    {%- set parts = [] %}
    {%- for condition, figure, reason in reasons %}
        {%- do parts.append(
            'case when ' ~ condition ~ " then '; " ~ figure ~ ': '
            ~ reason ~ "' else '' end"
        ) %}
    {%- endfor %}
    nullif(substr({{ parts | join(' || ') }}, 3), '')
{%- endmacro %}
