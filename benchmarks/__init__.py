"""Speed and scores. Ratios and medians, because one machine's seconds say nothing about another's."""
