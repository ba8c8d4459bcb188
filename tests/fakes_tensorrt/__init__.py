"""A TensorRT made by hand: modules that lack what each version lacks, and engines that really compute."""
