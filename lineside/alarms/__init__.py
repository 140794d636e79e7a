"""Findings -> alarms: the ISA-18.2 life cycle, one alarm per cause."""
