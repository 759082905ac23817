"""Mutation testing: change one thing in the code and see whether a test fails.

    bin/mutate --sample 50 --seed 7
    bin/mutate --nearest --seed 8   # quicker, by a dozen files of tests for each change
    bin/mutate --sample 20 'billing/services/p*.py' billing/sql/charge.sql

It covers what moves points and money: the services, the SQL functions and the payment gateways.
Kept mutation tools change Python alone; half of what matters here is SQL.
"""
