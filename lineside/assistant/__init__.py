"""The Strands agent: tools, prompts, the offline model."""
