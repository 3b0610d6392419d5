"""Words: what rules say, as clauses, as sentences, and as a whole check."""
