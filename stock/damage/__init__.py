"""What time, scanners and people do to pages: damage, marks, misread letters, stray sheets."""
