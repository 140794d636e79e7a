"""Whether a candidate is better than its base, how sure that is, and on which machine it is not."""
