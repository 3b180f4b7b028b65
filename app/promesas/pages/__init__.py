"""The pages of promises: what is promised, and the clock of a case."""
