"""The contract of `claude_byoc.contract.gateway` as cases that any gateway can be asked, over the network alone."""
