{#
    What each configuration seed holds: the only place that knows its columns.

    seed() casts by it, and int_product_signals__problems checks by it.

    key       the columns that identify a row, in messages and for uniqueness
    columns   name -> type (text, integer, number, boolean, date) and
              required   an empty cell is refused
              default    SQL for an empty cell
              min, max   bounds, inclusive
              allowed    the only values
              names      the seed, and column, that must have the value
#}
{% macro config_spec() %}
    {% do return({
        'event_catalog': {
            'key': ['event_name'],
            'columns': {
                'event_name': {'type': 'text', 'required': true},
                'feature': {
                    'type': 'text',
                    'names': {
                        'seed': 'features',
                        'what': 'a feature',
                        'severity': 'warning',
                    },
                },
                'counts_as_activity': {'type': 'boolean', 'default': 'false'},
                'is_risk': {'type': 'boolean', 'default': 'false'},
                'flow': {'type': 'text'},
                'flow_step': {'type': 'integer', 'min': 0},
            },
        },
        'features': {
            'key': ['feature'],
            'columns': {
                'feature': {'type': 'text', 'required': true},
                'feature_name': {'type': 'text', 'default': 'feature'},
                'is_key': {'type': 'boolean', 'default': 'false'},
                'is_differentiated': {'type': 'boolean', 'default': 'false'},
                'is_setting': {'type': 'boolean', 'default': 'false'},
                'plans': {'type': 'text'},
                'launched_on': {'type': 'date'},
            },
        },
        'event_weights': {
            'key': ['weight_set', 'event_name'],
            'columns': {
                'weight_set': {'type': 'text', 'required': true},
                'event_name': {
                    'type': 'text', 'required': true,
                    'names': {
                        'seed': 'event_catalog',
                        'what': 'an event',
                        'severity': 'warning',
                        'else': 'it earns points, but is neither activity nor'
                            ~ ' part of a feature',
                    },
                },
                'weight': {
                    'type': 'number', 'required': true, 'min': 0, 'max': 10,
                },
                'daily_cap': {'type': 'integer', 'min': 1},
            },
        },
        'score_profiles': {
            'key': ['profile'],
            'columns': {
                'profile': {'type': 'text', 'required': true},
                'priority': {'type': 'integer', 'default': '1'},
                'weight_set': {
                    'type': 'text', 'required': true,
                    'names': {'seed': 'event_weights', 'what': 'a weight set'},
                },
                'period_days': {
                    'type': 'integer', 'required': true, 'min': 1, 'max': 366,
                },
                'change_days': {
                    'type': 'integer', 'min': 1, 'max': 366,
                    'default': product_signals.config_value(
                        'period_days', 'integer'
                    ),
                },
                'normalization': {
                    'type': 'text', 'default': "'winsorized'",
                    'allowed': ['winsorized', 'exponential', 'percentile'],
                },
                'account_method': {
                    'type': 'text', 'default': "'member_average'",
                    'allowed': ['member_average', 'active_average', 'total'],
                },
                'decay': {
                    'type': 'text', 'default': "'none'",
                    'allowed': ['none', 'linear', 'half_life', 'halving'],
                },
                'decay_days': {'type': 'number', 'min': 0.01},
                'benchmark': {'type': 'number', 'min': 0.000001},
                'min_population': {
                    'type': 'integer', 'default': '20', 'min': 1,
                },
                'filter_entity': {
                    'type': 'text', 'allowed': ['account', 'user'],
                },
                'filter_attribute': {'type': 'text'},
                'filter_values': {'type': 'text'},
            },
        },
        'activation_checklists': {
            'key': ['checklist'],
            'columns': {
                'checklist': {'type': 'text', 'required': true},
                'entity': {
                    'type': 'text', 'required': true,
                    'allowed': ['account', 'user'],
                },
                'priority': {'type': 'integer', 'default': '1'},
                'filter_attribute': {'type': 'text'},
                'filter_values': {'type': 'text'},
            },
        },
        'activation_steps': {
            'key': ['checklist', 'step'],
            'columns': {
                'checklist': {
                    'type': 'text', 'required': true,
                    'names': {
                        'seed': 'activation_checklists', 'what': 'a checklist',
                    },
                },
                'step': {'type': 'text', 'required': true},
                'step_order': {'type': 'integer', 'required': true},
                'step_name': {'type': 'text', 'default': 'step'},
                'event_name': {
                    'type': 'text', 'required': true,
                    'names': {
                        'seed': 'event_catalog',
                        'what': 'an event',
                        'else': 'nobody can meet the step',
                    },
                },
                'min_count': {'type': 'integer', 'default': '1', 'min': 1},
                'min_users': {'type': 'integer', 'default': '1', 'min': 1},
                'within_days': {'type': 'integer', 'min': 1},
            },
        },
        'bands': {
            'key': ['metric', 'band'],
            'columns': {
                'metric': {'type': 'text', 'required': true},
                'band': {'type': 'text', 'required': true},
                'band_order': {'type': 'integer', 'required': true},
                'lower_bound': {'type': 'number'},
                'upper_bound': {'type': 'number'},
            },
        },
        'metrics': {
            'key': ['metric', 'entity'],
            'columns': {
                'metric': {'type': 'text', 'required': true},
                'entity': {
                    'type': 'text', 'required': true,
                    'allowed': ['account', 'user', 'product'],
                },
                'value_type': {
                    'type': 'text', 'required': true,
                    'allowed': ['number', 'text', 'boolean', 'date'],
                },
                'unit': {'type': 'text'},
                'time_window': {
                    'type': 'text', 'default': "'day'",
                    'allowed': [
                        'day', 'period', 'change', 'adoption', 'active', 'seen',
                        'month', 'quarter', 'half_year', 'slope', 'all',
                    ],
                },
                'needs_input': {'type': 'text'},
                'subject_type': {'type': 'text'},
                'null_means': {'type': 'text'},
                'sentence': {'type': 'text'},
                'description': {'type': 'text', 'required': true},
            },
        },
        'signals': {
            'key': ['signal'],
            'columns': {
                'signal': {'type': 'text', 'required': true},
                'signal_name': {'type': 'text', 'default': 'signal'},
                'entity': {
                    'type': 'text', 'required': true,
                    'allowed': ['account', 'user', 'product'],
                },
                'kind': {
                    'type': 'text', 'default': "'state'",
                    'allowed': ['state', 'event'],
                },
                'severity': {
                    'type': 'text', 'required': true,
                    'allowed': ['critical', 'high', 'medium', 'low', 'info'],
                },
                'description': {'type': 'text'},
                'teams': {'type': 'text', 'required': true},
                'min_days': {'type': 'integer', 'default': '1', 'min': 1},
                'grace_days': {'type': 'integer', 'default': '0', 'min': 0},
                'suppressed_by': {
                    'type': 'text',
                    'names': {
                        'seed': 'signals',
                        'column': 'signal',
                        'what': 'a signal',
                        'list': true,
                    },
                },
                'closed_by': {
                    'type': 'text',
                    'names': {
                        'seed': 'signals',
                        'column': 'signal',
                        'what': 'a signal',
                        'list': true,
                    },
                },
                'is_enabled': {'type': 'boolean', 'default': 'true'},
            },
        },
        'signal_conditions': {
            'key': ['signal', 'condition_group', 'condition_number'],
            'columns': {
                'signal': {
                    'type': 'text', 'required': true,
                    'names': {'seed': 'signals', 'what': 'a signal'},
                },
                'condition_group': {'type': 'integer', 'required': true},
                'condition_number': {'type': 'integer', 'required': true},
                'metric': {'type': 'text', 'required': true},
                'operator': {
                    'type': 'text', 'required': true,
                    'allowed': [
                        '=', '!=', '>', '>=', '<', '<=',
                        'in', 'not_in', 'is_null', 'is_not_null',
                    ],
                },
                'value': {'type': 'text'},
                'clear_value': {'type': 'text'},
            },
        },
        'signal_actions': {
            'key': ['signal', 'action_order'],
            'columns': {
                'signal': {
                    'type': 'text', 'required': true,
                    'names': {'seed': 'signals', 'what': 'a signal'},
                },
                'action_order': {'type': 'integer', 'required': true},
                'team': {'type': 'text', 'required': true},
                'action': {'type': 'text', 'required': true},
            },
        },
        'health_components': {
            'key': ['lifecycle_stage', 'tier', 'component'],
            'columns': {
                'lifecycle_stage': {
                    'type': 'text',
                    'allowed': ['trial', 'onboarding', 'adopted', 'renewal'],
                },
                'tier': {'type': 'text'},
                'component': {'type': 'text', 'required': true},
                'metric': {'type': 'text', 'required': true},
                'floor': {'type': 'number', 'required': true},
                'ceiling': {'type': 'number', 'required': true},
                'weight': {'type': 'number', 'required': true, 'min': 0},
            },
        },
        'pql_thresholds': {
            'key': ['complexity', 'size_band'],
            'columns': {
                'complexity': {
                    'type': 'text', 'required': true,
                    'allowed': ['simple', 'complex'],
                },
                'size_band': {'type': 'text', 'required': true},
                'nudge_at': {'type': 'number', 'min': 0, 'max': 100},
                'qualify_at': {
                    'type': 'number', 'required': true, 'min': 0, 'max': 100,
                },
                'overdue_above': {'type': 'number', 'min': 0, 'max': 100},
                'min_active_users': {'type': 'integer', 'min': 1},
                'min_score': {'type': 'number', 'min': 0, 'max': 100},
                'default_deal_size': {'type': 'number', 'min': 0},
            },
        },
        'trial_personas': {
            'key': ['persona'],
            'columns': {
                'persona': {'type': 'text', 'required': true},
                'activation_band': {'type': 'text'},
                'engagement_band': {'type': 'text'},
                'communication_band': {'type': 'text'},
                'tiebreak_attribute': {
                    'type': 'text', 'allowed': ['fit', 'sentiment'],
                },
                'tiebreak_values': {'type': 'text'},
                'tiebreak_sentiments': {'type': 'text'},
                'likelihood': {
                    'type': 'number', 'required': true, 'min': 0, 'max': 1,
                },
                'prior_strength': {
                    'type': 'number', 'default': '10', 'min': 0.01,
                },
                'action': {'type': 'text'},
            },
        },
    }) %}
{% endmacro %}
