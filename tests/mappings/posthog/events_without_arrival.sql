{{ product_signals.posthog_events(
    source('posthog', 'postgres_events'),
    persons=source('posthog', 'persons'),
    anonymous='keep_as_user'
) }}
