"""What each command of the command line does; nothing heavy is imported before it is needed."""
