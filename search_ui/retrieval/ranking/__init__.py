"""In which order what was found is shown: the shape of the question decides (`strategy`)."""
