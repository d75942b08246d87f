"""What is asked for and not used."""
