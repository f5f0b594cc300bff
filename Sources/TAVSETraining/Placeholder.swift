// Replaced by the training loop.
