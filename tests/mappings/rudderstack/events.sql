{{ product_signals.rudderstack_events(
    source('rudderstack', 'tracks'),
    screens=source('rudderstack', 'screens'),
    identifies=source('rudderstack', 'identifies'),
    account_key='context_traits_company_id',
    anonymous='resolve',
    actor_types={'RudderLabs Node SDK': 'system'}
) }}
