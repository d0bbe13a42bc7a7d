"""Cover sheets and registers: from bytes to the case each file belongs to."""
