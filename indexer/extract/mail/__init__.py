"""Mails of every kind: messages, mailboxes, Outlook's files, signature containers; read in worker processes only."""
