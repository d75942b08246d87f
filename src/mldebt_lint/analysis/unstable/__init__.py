"""What comes from elsewhere, and whether it can change there."""
