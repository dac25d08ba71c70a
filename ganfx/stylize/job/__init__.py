"""A run before and beside its pixels: jobs and their plan, notices, records of what is done."""
