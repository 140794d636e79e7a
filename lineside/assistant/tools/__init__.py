"""One function per tool: from typed arguments and the plant's stores to facts, passages or a question back."""
