"""What an AWS account needs so that Microsoft 365 users can call Claude on Amazon Bedrock."""
