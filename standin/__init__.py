"""The stand-in clouds: Pulumi provider plugins that answer instead of AWS and the others.

The real engine and the real program run; only the cloud is replaced, by one SQLite file. What a
resource type looks like stands in `types/<provider>/*.yaml`, what a cloud refuses in `rules/`, each
fact with its source. This shows wiring, order, names, idempotence and recovery; it shows nothing of
permissions, quotas in force or availability.
"""
