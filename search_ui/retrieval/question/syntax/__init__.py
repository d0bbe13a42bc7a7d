"""The query language as it is typed: signs balanced, cut into words and operators, read into a tree."""
