{#
    True where a column holds a time before 1900 or, if after, one after 2199:
    times that no column keeps. kind as in kind_of().
#}
{% macro is_beyond(column_name, kind, after=false) %}
    {% if kind == 'text' %}
        {% do return(product_signals.is_iso_time(
            'trim(' ~ column_name ~ ')',
            days=('(2[2-9]|[3-9][0-9])' if after else '(0[0-9]|1[0-8])')
                ~ '[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])'
        )) %}
    {% endif %}
    {# The literal is of the column's type: some hold times that others
       cannot, so that comparing must not cast the column. #}
    {% set bound = '2200-01-01' if after else '1900-01-01' %}
    {% set literal = {
        'date': "cast('" ~ bound ~ "' as date)",
        'instant': "cast('" ~ bound
            ~ " 00:00:00+00:00' as timestamp with time zone)",
    }.get(kind, "cast('" ~ bound ~ " 00:00:00' as timestamp)") %}
    {% do return(column_name ~ (' >= ' if after else ' < ') ~ literal) %}
{% endmacro %}
