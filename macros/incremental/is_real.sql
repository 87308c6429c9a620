{#
    Whether this run reads all rows of the inputs. With --empty or --sample it
    only tries the models out: the next real run builds everything anew.
#}
{% macro is_real() %}
    {% do return(not flags.EMPTY and not flags.SAMPLE) %}
{% endmacro %}
