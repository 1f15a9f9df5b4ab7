"""Ids that no directory has, shared by the tests of the Entra part."""

TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
APP = "11111111-2222-3333-4444-555555555555"
GROUP = "22222222-3333-4444-5555-666666666666"
OTHER_GROUP = "33333333-4444-5555-6666-777777777777"
GRANT = "A" * 43
