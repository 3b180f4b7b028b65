"""The notices of a case and the directory of receptores judiciales."""
