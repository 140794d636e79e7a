"""The site as configured: lines, machines, things, the flow graph, declared attributes and limits."""

from lineside.site.model import DEFAULT_STATE_ATTRIBUTE, UNASSIGNED_LINE, Attribute, Line, Machine, Site, slug
from lineside.site.read import parse_site, read_site

__all__ = [
    "DEFAULT_STATE_ATTRIBUTE",
    "UNASSIGNED_LINE",
    "Attribute",
    "Line",
    "Machine",
    "Site",
    "parse_site",
    "read_site",
    "slug",
]
