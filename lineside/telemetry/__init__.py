"""Bytes -> Reading: decoders, canonical units, data quality, NGSI-LD out."""
