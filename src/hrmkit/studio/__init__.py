"""The studio: the page, its server, and what the page is given to run."""
