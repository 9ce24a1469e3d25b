"""The network, its checkpoints, the engines that run it, and the classifier on top of them."""
