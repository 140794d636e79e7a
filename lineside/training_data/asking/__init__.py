"""Questions out of the form of a document alone: of its sentences, steps, rows and headings, without any model."""
