"""Why a case is opened: its purpose, or the reason for opening it beyond one's rights."""
