"""A structured fuzzer: valid documents, damaged by rules that know their grammar, through the public verbs."""
