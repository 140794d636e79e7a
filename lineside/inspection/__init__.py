"""Images of the product: which are good, what is wrong with the others, where, and how sure that is."""
