"""The lake: one Parquet layout, one way to spell a path; append, read a window, compact."""
