"""The program that back ends run: made of a FeatureSpec or of Statistics, every stage once."""
