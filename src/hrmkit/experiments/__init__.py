"""What is trained and measured for a story or a table: a world's story and study, the ladder."""
