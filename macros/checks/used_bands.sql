{#
    What reads the seed of bands, besides bands of metrics that conditions may
    use: [metric, band or none for any, what happens without].
#}
{% macro used_bands() %}
    {% set used = [
        ('tenure_days', none, 'its band column is null'),
        ('size_value', none, 'its band column is null'),
        ('score', none, 'its band column is null'),
        ('activation_rate', none, 'its band column is null'),
        ('adoption_rate', none, 'its band column is null'),
        ('champion_days', 'champion', 'no champion is ever lost'),
        ('silent_days', 'silent', 'no champion is ever silent'),
        ('flow_days', 'abandoned', 'no flow is ever left unfinished'),
        ('unseen_days', 'unseen', 'no weighted event is ever unseen'),
        ('gap_days', 'stray', 'no first event is ever a stray'),
        ('gap_rate', 'usual', 'no first event is ever a stray'),
        ('weighted_events', 'fine', 'no number of weights is ever too many'),
        ('checklist_steps', 'fine', 'no number of steps is ever too many'),
    ] %}
    {% for check_name in product_signals.health_checks() %}
    {% do used.append(
        (check_name, 'warn', 'product_signals__data_health never warns of it')
    ) %}
    {% endfor %}
    {% do return(used) %}
{% endmacro %}
