"""What can be done with plans: loading their editions, reading them, noting how goals go."""
