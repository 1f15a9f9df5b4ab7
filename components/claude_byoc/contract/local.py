"""The ids that stack `local` is pinned to: no cloud gives them out, so that it can reach no real one."""

LOCAL_TENANT_ID = "00000000-0000-0000-0000-000000000000"
"""Entra tenant id (GUID)."""
LOCAL_ACCOUNT_ID = "000000000000"
"""AWS account id (12 digits)."""
