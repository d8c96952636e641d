"""How good an estimator is, in numbers and in pictures."""
