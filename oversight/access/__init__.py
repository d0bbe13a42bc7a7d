"""Rights of accounts, kept with their time: who has them, who changes them, who had them on a past day."""
