"""What a page's text is for search and display: broken words whole, signs without a sound gone. Pure and linear."""
