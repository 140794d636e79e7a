"""Fine-tunes a small model on a dataset of ours, and writes it for Bedrock and for a plant's server."""
