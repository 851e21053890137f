"""What someone can ask for; one function each."""
