"""A second look at office files: texts, descriptions and objects that Tika passes over; in worker processes only."""
