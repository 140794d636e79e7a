"""A window of readings -> findings: limits, stops, drift, frozen and silent sensors."""
