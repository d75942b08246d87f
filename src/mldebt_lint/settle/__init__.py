"""What happens to findings after the rules have spoken."""
