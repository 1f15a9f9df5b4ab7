"""What an Azure subscription needs so that people can call Claude in Microsoft Foundry."""
