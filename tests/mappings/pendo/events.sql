{{ product_signals.pendo_events(
    source('pendo', 'feature_event'),
    features=source('pendo', 'feature_history'),
    page_events=source('pendo', 'page_event'),
    pages=source('pendo', 'page_history'),
    exclude_events=['System:*']
) }}
