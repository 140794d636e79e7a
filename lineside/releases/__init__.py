"""Model versions as records: how good, who approved, which one answers, and how to take it back."""
